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

// TestKeptTwiceInARun: what was kept first stays.
func TestKeptTwiceInARun(t *testing.T) {
	p := newProject(t)
	p.edit("o")
	p.write("o", "edited again")
	p.reopen()
	aside, _ := p.run()
	if want := []string{".wprun/aside/run-1/copy~2/o"}; !slices.Equal(aside, want) || p.read(want[0]) != "edited again" {
		t.Errorf("set aside %q, want %q", aside, want)
	}
	if got := p.read(".wprun/aside/run-1/copy/o"); got != "edited o" {
		t.Errorf("what was kept first is %q", got)
	}
}

// TestCopyThatWasNotNeeded: its task did not start after the check.
func TestCopyThatWasNotNeeded(t *testing.T) {
	p := newProject(t)
	p.run()
	p.write("out", "edited")
	p.reopen()
	p.check()
	p.run()
	entries, err := os.ReadDir(p.path(".wprun/aside/.new"))
	must(t, err)
	if p.write("out", "edited"); len(entries) > 0 {
		t.Errorf("%v is left when the task has started", entries)
	}
	p.reopen()
	p.check()
	must(t, p.book.Accept(t.Context(), p.task))
	p.write("in", "2")
	p.reopen()
	p.check()
	if _, err := os.Lstat(p.path(".wprun/aside/.new/copy")); !absent(err) {
		t.Errorf("a copy is still there: %v", err)
	}
}

func TestDirectoryInPlaceOfAnOutputIsKept(t *testing.T) {
	p := newProject(t)
	p.run()
	p.remove("out")
	p.write("out/sub/mine", "mine")
	must(t, os.Symlink("sub", p.path("out/link")))
	p.reopen()
	p.check()
	aside, err := p.book.Begin("copy", "run-1")
	must(t, err)
	if len(aside) != 1 || p.read(aside[0]+"/link/mine") != "mine" || p.read("out/sub/mine") != "mine" {
		t.Errorf("set aside %q", aside)
	}
}

// TestEditedBehindALink: a command that writes to the link would overwrite that.
func TestEditedBehindALink(t *testing.T) {
	p := newProject(t)
	must(t, os.Symlink("target", p.path("out")))
	p.run()
	p.write("target", "edited")
	p.check()
	aside, _ := p.run()
	if len(aside) != 1 || p.read(aside[0]) != "edited" {
		t.Errorf("set aside %q", aside)
	}
	p.remove("target")
	p.expect("output changed: out")
}
