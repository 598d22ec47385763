package config

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected parts of testdata")

const wantName = "want"

// TestGolden loads wprun.toml of each archive in testdata and compares what
// comes of it with the archive's last file, "want". Lines before the first file
// may say "chmod MODE FILE", "mkdir DIR" and "setenv NAME VALUE".
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, name := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			golden(t, name)
		})
	}
}

func golden(t *testing.T, name string) {
	name, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := unpack(t, archive)
	t.Chdir(dir)
	got := strings.ReplaceAll(outcome(FileName), dir, "$DIR")
	last := len(archive.Files) - 1
	if archive.Files[last].Name != wantName {
		archive.Files = append(archive.Files, txtar.File{Name: wantName})
		last++
	}
	if *update {
		archive.Files[last].Data = []byte(got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(archive.Files[last].Data), got); diff != "" {
		t.Errorf("-want +got (run with -update to accept):\n%s", diff)
	}
}

// unpack makes the files of an archive and obeys the lines before them.
func unpack(t *testing.T, archive *txtar.Archive) string {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", filepath.Join(dir, "home"))
	t.Setenv("PATH", "/usr/bin:/bin")
	for _, f := range archive.Files {
		path := filepath.Join(dir, f.Name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if err := obey(t, dir, strings.Fields(line)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func obey(t *testing.T, dir string, words []string) error {
	switch {
	case len(words) == 3 && words[0] == "chmod":
		mode, err := strconv.ParseUint(words[1], 8, 32)
		return errors.Join(err, os.Chmod(filepath.Join(dir, words[2]), os.FileMode(mode)))
	case len(words) == 2 && words[0] == "mkdir":
		return os.MkdirAll(filepath.Join(dir, words[1]), 0o755)
	case len(words) == 3 && words[0] == "setenv":
		t.Setenv(words[1], strings.ReplaceAll(words[2], "$DIR", dir))
	}
	return nil
}

// outcome is everything that Load says about a file, as text.
func outcome(file string) string {
	c, err := Load(file)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, w := range c.Warnings {
		fmt.Fprintln(&b, "warning:", w)
	}
	fmt.Fprintf(&b, "base %q jobs %d default %q on_failure %s timeout %v stop_timeout %v keep_runs %d\n",
		c.Base, c.Jobs, c.Default, c.OnFailure, c.Timeout, c.StopTimeout, c.KeepRuns)
	if c.Durable {
		fmt.Fprintln(&b, "durable")
	}
	if len(c.Files) > 1 {
		fmt.Fprintf(&b, "files %q\n", c.Files)
	}
	if len(c.Pools) > 0 {
		fmt.Fprintln(&b, "pools", c.Pools)
	}
	for _, p := range c.Processes {
		describe(&b, c, p)
	}
	for _, w := range c.Watchpoints {
		fmt.Fprintf(&b, "watchpoint %v (int %v) base %q name %q\n", w.Key, w.Key.IsInt(), w.Base, w.Name)
	}
	return b.String()
}

func describe(b *strings.Builder, c *Config, p Process) {
	fmt.Fprintf(b, "%s %s: argv %q shell %q dir %q\n", p.kind(), p.Name, p.Argv, p.Shell, p.Dir)
	if p.Description != "" {
		fmt.Fprintf(b, "    description %q\n", p.Description)
	}
	fmt.Fprintf(b, "    env %q\n", p.Env)
	fmt.Fprintf(b, "    stop %v after %v, success %v\n", p.StopSignal, p.StopTimeout, p.SuccessCodes)
	if p.StopCommand != nil || p.TTY {
		fmt.Fprintf(b, "    stop command %q, tty %v\n", p.StopCommand, p.TTY)
	}
	if p.Log != (Log{MaxSize: defaultLogSize, Keep: defaultLogKeep}) {
		fmt.Fprintf(b, "    log %+v\n", p.Log)
	}
	if p.Service {
		fmt.Fprintf(b, "    ready %v status %v interval %v timeout %v\n", p.Ready, p.Ready.Status, p.Ready.Interval, p.Ready.Timeout)
	}
	if p.Ready.Watchdog > 0 || p.Alive.Kind != "" {
		fmt.Fprintf(b, "    watchdog %v alive %v status %v interval %v timeout %v failures %d\n",
			p.Ready.Watchdog, p.Alive, p.Alive.Status, p.Alive.Interval, p.Alive.Timeout, p.Alive.Failures)
	}
	if p.Restart != "" && p.Restart != RestartNo || p.MaxRestarts != defaultMaxRestarts && p.Service || p.Watch != nil {
		fmt.Fprintf(b, "    restart %s at most %d times, watch %q cascade %v\n", p.Restart, p.MaxRestarts, p.Watch, p.Cascade)
	}
	if p.Group != "" {
		fmt.Fprintf(b, "    group %q matrix %v\n", p.Group, p.Matrix)
	}
	if len(p.Paths()) > 1 || p.Group != "" {
		fmt.Fprintf(b, "    paths %v\n", p.Paths())
	}
	describeWork(b, p)
	i, _ := c.Graph.Process(p.Name)
	declared := c.Graph.Processes()[i]
	fmt.Fprintf(b, "    waits on %v, signals %v\n", declared.WaitsOn, declared.Signals)
}

func describeWork(b *strings.Builder, p Process) {
	if p.Declares() || p.RerunOn != nil {
		fmt.Fprintf(b, "    inputs %q outputs %q atomic %q skip if %q rerun on %q\n", p.Inputs, p.Outputs, p.AtomicOutput, p.SkipIf, p.RerunOn)
	}
	if p.Timeout+p.WaitTimeout > 0 || p.Retries > 0 || p.AllowFailure {
		fmt.Fprintf(b, "    timeout %v wait %v retries %d after %v allow failure %v\n", p.Timeout, p.WaitTimeout, p.Retries, p.RetryDelay, p.AllowFailure)
	}
	if p.Pool != "" || p.Weight > 1 {
		fmt.Fprintf(b, "    pool %q weight %d\n", p.Pool, p.Weight)
	}
}
