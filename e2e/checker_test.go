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
	startA   = `{"event": "changed", "process": "a", "state": "starting"}` + "\n"
	endA     = `{"event": "changed", "process": "a", "state": "failed"}` + "\n"
	backOffA = `{"event": "changed", "process": "a", "state": "backing-off"}` + "\n"
	startB   = `{"event": "changed", "process": "b", "state": "starting"}` + "\n"
	signalA  = `{"event": "signalled", "keys": ["a"]}` + "\n"
	seeY     = `{"event": "seen", "keys": ["y"]}` + "\n"
	loseA    = `{"event": "unsignalled", "keys": ["a"]}` + "\n"
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
		want:   []string{"a was started while it was starting"},
	},
	{
		name:   "again after its end",
		events: startA + endA + startA,
		want:   []string{"a was started while it was failed"},
	},
	{
		name:   "again when its restart was due",
		events: startA + backOffA + startA,
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

func TestUnheard(t *testing.T) {
	said := []string{"1 1", "1 2", "7 1", "7 2"}
	for _, test := range []struct {
		name             string
		heard            []string
		finished, earned bool
		want             string
	}{
		{"all", said, true, true, ""},
		{"killed attempts", []string{"1 1", "7 1"}, true, false, ""},
		{"last line of a success", said[:3], true, true, `"7 2" is not at line 4`},
		{"hole", []string{"1 2", "7 1", "7 2"}, true, false, `"1 1" is not at line 1`},
		{"swapped", []string{"1 2", "1 1", "7 1", "7 2"}, true, false, `"1 1" is not at line 1`},
		{"never said", append(said[:4:4], "x"), true, true, `nobody said "x" at line 5`},
		{"supervisor killed", []string{"1 1", "1"}, false, false, ""},
		{"supervisor killed, hole", []string{"1 2", "7 1"}, false, false, `"1 1" is not at line 1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := unheard(said, test.heard, test.finished, test.earned); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

func TestMissing(t *testing.T) {
	project := t.TempDir()
	if err := plant(project, "base/file", "base/foreign.watch/"); err != nil {
		t.Fatal(err)
	}
	if got := missing(project); got != nil {
		t.Errorf("found %q, want nothing", got)
	}
	foreign := filepath.Join(project, "base", "foreign.watch")
	if err := os.Remove(foreign); err != nil {
		t.Fatal(err)
	}
	if got, want := missing(project), []string{foreign + " was removed"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
}

// TestEvidence lets a run that was killed have watchpoints that its journal does
// not know of, if the command says that it was done.
func TestEvidence(t *testing.T) {
	project := t.TempDir()
	run := filepath.Join(project, ".wprun", "runs", "1-2-3")
	for _, dir := range []string{filepath.Join(run, "watch", "a.watch"), filepath.Join(project, "evidence", "1-2-3")} {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(run, "plan.json"), `{"processes": [{"name": "a", "signals": ["a"]}]}`)
	write(t, filepath.Join(run, "events.jsonl"), startA)
	if got, want := faultsOf(run), []string{"a is there, but nobody has earned it"}; !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	write(t, filepath.Join(project, "evidence", "1-2-3", "a.earned"), "")
	if got := faultsOf(run); got != nil {
		t.Errorf("found %q, want nothing", got)
	}
}
