//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const faultyPlan = `{"processes": [{"name": "a"}, {"name": "b", "waits_on": [["a"], ["x", "y"]]}]}`

// Lines of a journal.
const (
	startA  = `{"event": "changed", "process": "a", "state": "starting"}` + "\n"
	startB  = `{"event": "changed", "process": "b", "state": "starting"}` + "\n"
	signalA = `{"event": "signalled", "keys": ["a"]}` + "\n"
	seeY    = `{"event": "seen", "keys": ["y"]}` + "\n"
	loseA   = `{"event": "unsignalled", "keys": ["a"]}` + "\n"
)

var faultyRuns = []struct {
	name, events string
	dirs, files  []string
	want         []string
}{
	{
		name:   "nothing wrong, with a torn last line",
		events: startA + signalA + seeY + startB + `{"event": "chan`,
		dirs:   []string{"a.watch", "y.watch"},
	},
	{
		name:   "too early",
		events: startA + signalA + startB,
		want:   []string{"b was started before x or y was there"},
	},
	{
		name:   "gate shut again",
		events: startA + signalA + seeY + loseA + startB,
		want:   []string{"b was started before a was there"},
	},
	{
		name:   "twice",
		events: startA + startA,
		want:   []string{"a was started twice"},
	},
	{
		name:   "not earned",
		events: startA + signalA + loseA,
		dirs:   []string{"a.watch"},
		want:   []string{"a is there, but nobody has earned it"},
	},
	{
		name:   "no empty directory",
		events: startA + signalA + seeY,
		dirs:   []string{"a.watch/inside"},
		files:  []string{"y.watch"},
		want:   []string{"a.watch is no empty directory of a watchpoint", "y.watch is no empty directory of a watchpoint"},
	},
	{
		name:   "no journal",
		events: "{\n",
		want:   []string{"bad journal: line 1: unexpected end of JSON input"},
	},
}

// TestFaultsOf gives the checks that end every story something to find.
func TestFaultsOf(t *testing.T) {
	for _, test := range faultyRuns {
		t.Run(test.name, func(t *testing.T) {
			run := t.TempDir()
			write(t, filepath.Join(run, "plan.json"), faultyPlan)
			write(t, filepath.Join(run, "events.jsonl"), test.events)
			for _, dir := range append(test.dirs, "") {
				if err := os.MkdirAll(filepath.Join(run, "watch", dir), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			for _, file := range test.files {
				write(t, filepath.Join(run, "watch", file), "")
			}
			if got := faultsOf(run); !slices.Equal(got, test.want) {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
