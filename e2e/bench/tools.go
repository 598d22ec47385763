package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// tool is a program that runs a workload.
type tool struct {
	column  string
	path    string
	missing error // why it cannot be run at all
	file    string
	render  func(workload, recipe) string
	args    func(jobs int) []string // after the path
	can     func(workload) bool     // whether it can express the workload
	litter  []string                // what a run leaves that the next must not find
	version string
}

// tool is wprun.
func (l *lab) tool() tool {
	return tool{
		column: colWprun, path: l.wprun, missing: l.wprunErr, file: "wprun.toml", render: wprunFile,
		args: func(jobs int) []string { return []string{"run", dashJ(jobs), "-f", "wprun.toml"} },
		can:  anything, litter: []string{".wprun"},
	}
}

// lay writes the tool's file for a workload into dir.
func (t tool) lay(dir string, w workload, r recipe) error {
	return os.WriteFile(filepath.Join(dir, t.file), []byte(t.render(w, r)), 0o600)
}

// argv is the command that runs the file, so many tasks at once.
func (t tool) argv(jobs int) []string { return append([]string{t.path}, t.args(jobs)...) }

// run runs the file in dir once and returns the seconds it took.
func (t tool) run(ctx context.Context, dir string) (float64, error) {
	if t.missing != nil {
		return 0, t.missing
	}
	if err := putAside(dir, t.litter); err != nil {
		return 0, err
	}
	return timed(ctx, dir, t.argv(2))
}

// putAside hides from the next run what one has left; see sub.
func putAside(dir string, litter []string) error {
	aside, err := os.MkdirTemp(dir, ".aside-")
	if err != nil {
		return err
	}
	for _, name := range litter {
		err := os.Rename(filepath.Join(dir, name), filepath.Join(aside, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// runLimit is how long one run of one tool may take.
const runLimit = 3 * time.Minute

// timed runs a command with its output thrown away and returns the seconds from
// its start to its exit. An exit code other than 0 is an error that ends with
// the last lines of its stderr.
func timed(ctx context.Context, dir string, argv []string) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd, errFile, err := prepare(ctx, dir, argv)
	if err != nil {
		return 0, err
	}
	defer errFile.Close()
	start := time.Now()
	err = cmd.Run()
	seconds := time.Since(start).Seconds()
	return seconds, explain(cmd, errFile.Name(), overdue(ctx, err))
}

// prepare makes a command that is asked to end by SIGTERM when ctx ends and
// killed if it does not. Its stderr goes to a file, so that no tool is slowed
// down by a reader.
func prepare(ctx context.Context, dir string, argv []string) (*exec.Cmd, *os.File, error) {
	errFile, err := os.Create(filepath.Join(dir, "stderr"))
	if err != nil {
		return nil, nil, err
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env, cmd.Stderr = dir, childEnv(), errFile
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	return cmd, errFile, nil
}

// overdue replaces the error of a run that was ended for taking too long.
func overdue(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no end after %v", runLimit)
	}
	return err
}

// explain adds the command and the end of its stderr to the error of a run; nil
// stays nil.
func explain(cmd *exec.Cmd, errFile string, err error) error {
	if err == nil {
		return nil
	}
	said := lastLines(readText(errFile), 4)
	return fmt.Errorf("cannot use %q: %w%s", filepath.Base(cmd.Path)+" "+strings.Join(cmd.Args[1:], " "), err, said)
}

// lastLines is the end of a text, each line indented on a line of its own.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	lines = lines[max(len(lines)-n, 0):]
	if lines[0] == "" {
		return ""
	}
	return "\n    " + strings.Join(lines, "\n    ")
}

// childEnv is the environment without what would steer a tool from outside.
func childEnv() []string {
	var env []string
	for _, entry := range os.Environ() {
		name, _, _ := strings.Cut(entry, "=")
		if name == "MAKEFLAGS" || name == "MAKELEVEL" || name == "MFLAGS" || name == "NINJA_STATUS" ||
			strings.HasPrefix(name, "WPRUN_") || strings.HasPrefix(name, "PC_") {
			continue
		}
		env = append(env, entry)
	}
	return env
}
