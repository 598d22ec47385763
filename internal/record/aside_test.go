package record

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// edit has somebody edit outputs after a run, and runs the task again.
func (p *project) edit(outputs ...string) (aside []string) {
	p.t.Helper()
	p.make = func() string {
		for _, output := range outputs {
			p.write(output, "made")
		}
		return "made"
	}
	for _, output := range outputs {
		p.task.Outputs = append(p.task.Outputs, p.path(output))
	}
	p.run()
	for _, output := range outputs {
		p.write(output, "edited "+output)
	}
	p.reopen()
	p.check()
	aside, _ = p.run()
	p.expectCurrent()
	return aside
}

// TestEditedOutputsKeepTheirNames: however long they are, and none takes the place
// of another.
func TestEditedOutputsKeepTheirNames(t *testing.T) {
	p := newProject(t)
	long := strings.Repeat(strings.Repeat("d", 100)+"/", 4) + "out"
	outputs := []string{"a%b", "a/b", long}
	aside := p.edit(outputs...)
	if len(aside) != len(outputs) {
		t.Fatalf("set aside %q of %q", aside, outputs)
	}
	for i, output := range outputs {
		if got := p.read(aside[i]); got != "edited "+output {
			t.Errorf("%s has %q, want what %s had", aside[i], got, output)
		}
	}
}

// TestWhatIsKeptStaysAside: an output that is a directory now was a file when one was
// kept.
func TestWhatIsKeptStaysAside(t *testing.T) {
	p := newProject(t)
	p.edit("o")
	p.remove("o")
	p.make, p.task.Outputs = func() string { return "made" }, []string{p.path("out")}
	p.run()
	must(t, os.Rename(p.path(".wprun/aside/run-1"), p.path(".wprun/aside/run-0")))
	if aside := p.edit("o/x"); len(aside) != 1 || p.read(aside[0]) != "edited o/x" {
		t.Errorf("set aside %q", aside)
	}
	if got := p.read(".wprun/aside/run-0/copy/o"); got != "edited o" {
		t.Errorf("what was kept is %q", got)
	}
}

func TestEditedOutputOutsideOfTheProject(t *testing.T) {
	p := newProject(t)
	elsewhere := filepath.Join(t.TempDir(), "result")
	p.task.Outputs = append(p.task.Outputs, elsewhere)
	p.make = func() string {
		must(t, os.WriteFile(elsewhere, []byte("made"), 0o600))
		return "made"
	}
	p.run()
	must(t, os.WriteFile(elsewhere, []byte("edited"), 0o600))
	p.check()
	aside, _ := p.run()
	if want := []string{".wprun/aside/run-1/copy~outside" + elsewhere}; !slices.Equal(aside, want) || p.read(want[0]) != "edited" {
		t.Errorf("set aside %q, want %q", aside, want)
	}
}

// TestEditedOutputStays: a command that works in place has to find it.
func TestEditedOutputStays(t *testing.T) {
	p := newProject(t)
	p.make = func() string { return "made" }
	p.run()
	p.write("out", "edited")
	must(t, os.Chmod(p.path("out"), 0o640))
	before, err := os.Stat(p.path("out"))
	must(t, err)
	p.make = func() string { return "made of " + p.read("out") }
	p.check()
	aside, _ := p.run()
	if got := p.read("out"); got != "made of edited" {
		t.Errorf("the output is %q", got)
	}
	if len(aside) != 1 || p.read(aside[0]) != "edited" {
		t.Fatalf("set aside %q", aside)
	}
	after, err := os.Stat(p.path(aside[0]))
	must(t, err)
	if after.Mode() != before.Mode() || !after.ModTime().Equal(before.ModTime()) {
		t.Errorf("the copy is %v of %v, the output was %v of %v", after.Mode(), after.ModTime(), before.Mode(), before.ModTime())
	}
}

// TestWhatCannotBeKeptIsNotMadeAnew: nothing is lost for want of room.
func TestWhatCannotBeKeptIsNotMadeAnew(t *testing.T) {
	p := newProject(t)
	p.run()
	p.write("out", "edited")
	p.write(".wprun/aside", "a file in the way")
	p.reopen()
	_, err := p.book.Check(t.Context(), p.task)
	if want := `cannot keep a copy of the edited output "out"`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("checked with %v, want %q", err, want)
	}
}

// TestCheckClearsWhatAKillHasLeft: a tree may take long to remove, and Begin holds up
// the run.
func TestCheckClearsWhatAKillHasLeft(t *testing.T) {
	p := newProject(t)
	p.task.Atomic = p.path("out")
	p.write(".wprun-new.out/half/done", "1")
	if _, err := p.book.Explain(t.Context(), p.task); err != nil || p.read(".wprun-new.out/half/done") != "1" {
		t.Errorf("Explain: %v", err)
	}
	p.check()
	if _, err := os.Lstat(p.path(".wprun-new.out")); !absent(err) {
		t.Errorf("it is still there: %v", err)
	}
}

// runAtomic makes the directory "out", which replaces what is there.
func (p *project) runAtomic() (warnings []string) {
	p.t.Helper()
	p.task.Atomic, p.task.Because = p.path("out"), "forced"
	p.check()
	p.task.Because = ""
	_, err := p.book.Begin("copy", "run-1")
	must(p.t, err)
	p.write(".wprun-new.out/made", "x")
	warnings, err = p.book.Commit(p.t.Context(), "copy")
	must(p.t, err)
	return warnings
}

func TestAForeignFileInTheDirectoryOfAnOutputIsKept(t *testing.T) {
	p := newProject(t)
	p.runAtomic()
	if warnings := p.runAtomic(); len(warnings) > 0 {
		t.Errorf("replacing what it had made warns %q", warnings)
	}
	p.write("out/mine", "mine")
	warnings := p.runAtomic()
	if len(warnings) != 1 || p.read(".wprun/aside/run-1/copy/out/mine") != "mine" {
		t.Errorf("warned %q", warnings)
	}
	if _, err := os.Lstat(p.path("out/mine")); !absent(err) {
		t.Errorf("what was there is mixed with the new output: %v", err)
	}
	p.expectCurrent()
}
