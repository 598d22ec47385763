//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// readJournal reads the events of a run; a last line without newline is torn.
func readJournal(run string) ([]entry, error) {
	text, err := os.ReadFile(filepath.Join(run, "events.jsonl"))
	if err != nil {
		return nil, err
	}
	var entries []entry
	for line := range bytes.Lines(text) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break
		}
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(entries)+1, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// String is a line for people: "test failed 7 (exit code 7)", "signalled db".
func (e entry) String() string {
	words := []string{e.Event}
	if e.Event == "changed" {
		words = []string{e.Process, e.State}
	}
	words = append(words, e.Keys...)
	if e.Code != nil {
		words = append(words, fmt.Sprint(*e.Code))
	}
	if e.Why != "" {
		words = append(words, "("+e.Why+")")
	}
	return strings.Join(words, " ")
}

func journal(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) <= 1, "journal [REGEXP]")
	pattern, err := regexp.Compile(strings.Join(args, ""))
	ts.Check(err)
	entries, err := readJournal(ts.MkAbs(".wprun/latest"))
	ts.Check(err)
	for _, e := range entries {
		if line := storyOf(ts).clean(e.String()); pattern.MatchString(line) {
			fmt.Fprintln(ts.Stdout(), line)
		}
	}
}

func chains(ts *testscript.TestScript, neg bool, args []string) {
	var n int
	ok := len(args) == 2
	if ok {
		_, err := fmt.Sscan(args[0], &n)
		ok = err == nil
	}
	want(ts, neg, ok, "chains N FILE")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(chainsFile(n)), 0o666))
}

// chainsFile has n chains of three tasks. Each makes its own watchpoint and
// exits at once, so that the news of the directory and the news of the exit race.
func chainsFile(n int) string {
	var file strings.Builder
	fmt.Fprintln(&file, "keep_runs = 100")
	for i := range n {
		gate := ""
		for _, link := range []string{"a", "b", "c"} {
			name := fmt.Sprintf("%s%d", link, i)
			fmt.Fprintf(&file, "[task.%s]\ncommand = 'mkdir \"$WPRUN_PATH_%s\"'\nsignals = [{ key = %q, when = \"self\" }]\n",
				name, strings.ToUpper(name), name)
			if gate != "" {
				fmt.Fprintf(&file, "waits_on = [%q]\n", gate)
			}
			gate = name
		}
	}
	return file.String()
}
