package record

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// runWhile runs the task; something happens while its command runs.
func (p *project) runWhile(happens func()) (warnings []string) {
	p.t.Helper()
	forced := p.task
	forced.Because = "forced"
	_, err := p.book.Check(p.t.Context(), forced)
	must(p.t, err)
	_, err = p.book.Begin("copy", "run-1")
	must(p.t, err)
	p.command()
	happens()
	warnings, err = p.book.Commit(p.t.Context(), "copy")
	must(p.t, err)
	return warnings
}

// TestInputsDuringTheRun: what was changed while the command ran may have been read
// before, while it was changed or after; so the task has to run again whatever the
// input is by then.
func TestInputsDuringTheRun(t *testing.T) {
	back := func(p *project) { p.write("src/a", "1") }
	nothing := func(*project) {}
	cases := []struct {
		name        string
		during      func(p *project)
		warning     string
		after       func(p *project)
		differently string
	}{
		{
			"changed and changed back", func(p *project) { p.write("src/a", "2"); back(p) },
			"input changed: src/a, while it ran", nothing, "input changed: src/a",
		},
		{
			"changed, and changed back later", func(p *project) { p.write("src/a", "2") },
			"input changed: src/a, while it ran", back, "input changed: src/a",
		},
		{
			"exchanged for a while", func(p *project) {
				must(t, os.Rename(p.path("src/a"), p.path("kept")))
				back(p)
				must(t, os.Rename(p.path("kept"), p.path("src/a")))
			}, "input changed: src/a, while it ran", nothing, "input changed: src/a",
		},
		{
			"removed, and back later", func(p *project) { p.remove("src/a") },
			"input removed: src/a, while it ran", back, "input changed: src/a",
		},
		{
			"added", func(p *project) { p.write("src/c", "1") },
			"input added: src/c, while it ran", nothing, "input changed: src/c",
		},
		{
			"added for a while", func(p *project) { p.write("src/c", "1") },
			"input added: src/c, while it ran", func(p *project) { p.remove("src/c") }, "input removed: src/c",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			p.task.Inputs = []string{p.path("src/*"), p.path("in")}
			p.write("src/a", "1")
			p.write("src/b", "1")
			p.tick()
			if warnings := p.runWhile(func() { c.during(p) }); !slices.Equal(warnings, []string{c.warning}) {
				t.Errorf("warned %q, want %q", warnings, c.warning)
			}
			c.after(p)
			p.expect(c.differently)
			p.run()
			p.expectCurrent()
		})
	}
}

func TestAllInputsRemovedDuringTheRun(t *testing.T) {
	p := newProject(t)
	p.write("other", "1")
	p.task.Inputs = append(p.task.Inputs, p.path("other"))
	want := []string{"input removed: in, while it ran"}
	if warnings := p.runWhile(func() { p.remove("in") }); !slices.Equal(warnings, want) {
		t.Errorf("warned %q, want %q", warnings, want)
	}
	p.write("in", "1")
	p.expect("input changed: in")
}

// TestOutputsAmongTheInputs: what a command makes is among what it reads, and is
// made again each time with the same content.
func TestOutputsAmongTheInputs(t *testing.T) {
	p := newProject(t)
	p.task.Inputs = []string{p.path("*")}
	p.make = func() string { return "the same" }
	if warnings := p.runWhile(func() {}); len(warnings) > 0 {
		t.Errorf("warned %q", warnings)
	}
	p.expect("input added: out")
	if warnings := p.runWhile(func() {}); len(warnings) > 0 {
		t.Errorf("warned %q", warnings)
	}
	p.expectCurrent()
}

// TestKilledWithAChangedInput: the success was noted, and the record was not yet
// written.
func TestKilledWithAChangedInput(t *testing.T) {
	p := newProject(t)
	p.tick()
	finishedButUnrecordedWhile(t, p, func() {
		p.write("in", "2")
		p.write("in", "1")
	})
	p.expect("its last attempt failed or was interrupted")
}

// TestNoHashIsNoneToRelyOn: an entry without a hash, with the stamp of the file.
func TestNoHashIsNoneToRelyOn(t *testing.T) {
	p := newProject(t)
	now, err := stat(p.path("in"))
	must(t, err)
	known := &Entry{Path: "in", stamp: now.stamp}
	e, err := p.book.sight(t.Context(), noClock).entry(file{path: p.path("in")}, known, time.Now().Add(time.Hour).UnixNano())
	must(t, err)
	if !strings.HasPrefix(e.Hash, "6b86b273") {
		t.Errorf("hash %q of a file with %q", e.Hash, "1")
	}
}

// TestEditedWhileItIsRecorded: what somebody writes then is not what the command made.
func TestEditedWhileItIsRecorded(t *testing.T) {
	for when, change := range map[string]int{
		"noted": 1, "about to be hashed": 2, "between its stat and its hash, for which the clock is read": 3,
	} {
		t.Run(when, func(t *testing.T) {
			p := newProject(t)
			p.begin()
			p.command()
			p.tick()
			p.book.act = func(f func() error) error {
				if change--; change == 0 {
					p.write("out", strings.ToUpper(p.read("out"))) // of the same size
				}
				return f()
			}
			_, err := p.book.Commit(t.Context(), "copy")
			must(t, err)
			p.expect("output changed: out")
		})
	}
}
