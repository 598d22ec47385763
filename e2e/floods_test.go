//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func floods(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 3, "floods FILE N LINES [KEY=VALUE...]")
	n, lines := number(ts, args[1]), number(ts, args[2])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(floodsFile(n, lines, args[3:])), 0o666))
}

// floodsFile has n tasks that write numbered lines. Each rests within a line, so
// that what they write is read in pieces that end anywhere.
func floodsFile(n, lines int, keys []string) string {
	var file strings.Builder
	for i := range n {
		fmt.Fprintf(&file, "[task.f%d]\ncommand = 'seq %d | { dd bs=1501 count=1 iflag=fullblock status=none; sleep 0.05; cat; }'\n%s\n",
			i, lines, strings.Join(keys, "\n"))
	}
	return file.String()
}

// whole checks that the processes of floods are all there, each with all its lines
// in their order and nothing else, in what a run has shown and in its logs.
func whole(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 3, "whole FILE N LINES")
	n, lines := number(ts, args[1]), number(ts, args[2])
	next := map[string]int{}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		name, text, ok := parseShown(strings.TrimRight(line, "\r\n"))
		if !ok {
			continue
		}
		if next[name]++; text != strconv.Itoa(next[name]) {
			ts.Fatalf("line %d of %s is %q", next[name], name, text)
		}
	}
	for i := range n {
		name := fmt.Sprint("f", i)
		if next[name] != lines {
			ts.Fatalf("%d of %d lines of %s", next[name], lines, name)
		}
		if got := logged(ts, name); !bytes.Equal(got, numbered(lines)) {
			ts.Fatalf("the log of %s has %d bytes, and not all the lines", name, len(got))
		}
	}
	if len(next) != n {
		ts.Fatalf("lines of %d processes, not %d", len(next), n)
	}
}

// parseShown takes a line of a run apart; one of wprun's own is not ok.
func parseShown(line string) (name, text string, ok bool) {
	if strings.HasPrefix(line, "wprun: ") {
		return "", "", false
	}
	var object struct{ Process, Line string }
	if err := json.Unmarshal([]byte(line), &object); err == nil {
		return object.Process, object.Line, object.Line != ""
	}
	name, text, _ = strings.Cut(line, " | ")
	return strings.TrimRight(name, " "), text, true
}

// logged is the log of a process of the latest run, with what was rotated.
func logged(ts *testscript.TestScript, name string) []byte {
	log := ts.MkAbs(filepath.Join(".wprun/latest/logs", name+".log"))
	older, err := filepath.Glob(log + ".*")
	ts.Check(err)
	age := func(path string) int { return number(ts, strings.TrimPrefix(path, log+".")) }
	slices.SortFunc(older, func(a, b string) int { return age(b) - age(a) })
	var text []byte
	for _, path := range append(older, log) {
		part, err := os.ReadFile(path)
		ts.Check(err)
		text = append(text, part...)
	}
	return text
}

func numbered(lines int) []byte {
	var text []byte
	for i := range lines {
		text = append(strconv.AppendInt(text, int64(i+1), 10), '\n')
	}
	return text
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}
