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

// TestEditedOutputOnAnotherFileSystem: it is not copied, which could take long, but
// renamed where it is.
func TestEditedOutputOnAnotherFileSystem(t *testing.T) {
	p := newProject(t)
	shm, err := os.MkdirTemp("/dev/shm", "wprun-test-*")
	if err != nil {
		t.Skip("there is no /dev/shm: ", err)
	}
	t.Cleanup(func() { os.RemoveAll(shm) })
	there, err := stat(shm)
	must(t, err)
	if here, _ := stat(p.dir); here.device == there.device {
		t.Skip("/dev/shm is no file system of its own")
	}
	must(t, os.Symlink(shm, p.path("shm")))
	aside := p.edit("shm/result")
	if want := []string{"shm/.wprun-old.run-1/result"}; !slices.Equal(aside, want) || p.read(want[0]) != "edited shm/result" {
		t.Errorf("set aside %q, want %q", aside, want)
	}
	for _, pattern := range []string{shm, shm + "/.*", shm + "/.*/**"} {
		files, err := find(t.Context(), pattern)
		must(t, err)
		for _, f := range files {
			if strings.Contains(f.path, asidePrefix) {
				t.Errorf("%s matches %s", pattern, f.path)
			}
		}
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
