package record

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// newAtomic has made the directory "out" with one file.
func newAtomic(t *testing.T) *project {
	t.Helper()
	p := newProject(t)
	p.task.Atomic = p.path("out")
	p.expectKept(p.makeAtomic())
	return p
}

// begin starts the task, whatever its record says.
func (p *project) begin() {
	p.t.Helper()
	p.reopen()
	p.task.Because = "forced"
	p.check()
	p.task.Because = ""
	var err error
	p.aside, err = p.book.Begin("copy", "run-1")
	must(p.t, err)
}

// makeAtomic runs the task, which makes the directory anew.
func (p *project) makeAtomic() (warnings []string) {
	p.t.Helper()
	p.begin()
	p.write(".wprun-new.out/made", "x")
	warnings, err := p.book.Commit(p.t.Context(), "copy")
	must(p.t, err)
	return warnings
}

// expectKept says where all that was in the directory has to be kept, if anywhere.
func (p *project) expectKept(warnings []string, paths ...string) {
	p.t.Helper()
	var want []string
	for _, path := range paths {
		want = append(want, "its output was changed by somebody else; what was there is kept: "+path)
	}
	if !slices.Equal(warnings, want) {
		p.t.Errorf("warned %q, want %q", warnings, want)
	}
}

const keptDir = ".wprun/aside/run-1/copy/out"

func (p *project) expectText(path, want string) {
	p.t.Helper()
	if got := p.read(path); got != want {
		p.t.Errorf("%s has %q, want %q", path, got, want)
	}
}

func TestWhatAnAtomicOutputReplaces(t *testing.T) {
	p := newAtomic(t)
	p.expectKept(p.makeAtomic())
	p.write("out/made", "x") // touched
	p.expectKept(p.makeAtomic())
	p.remove("out")
	must(t, os.Mkdir(p.path("out"), 0o777))
	p.expectKept(p.makeAtomic())
	p.write("out/mine", "mine")
	p.expectKept(p.makeAtomic(), keptDir)
	p.expectText(keptDir+"/mine", "mine")
	if _, err := os.Lstat(p.path("out/mine")); !absent(err) {
		t.Errorf("what was there is mixed with the new output: %v", err)
	}
	p.expectCurrent()
}

// TestEditedBeforeTheCheck: one copy is enough.
func TestEditedBeforeTheCheck(t *testing.T) {
	p := newAtomic(t)
	p.write("out/made", "mine")
	p.expectKept(p.makeAtomic())
	if !slices.Equal(p.aside, []string{keptDir + "/made"}) {
		t.Errorf("set aside %q", p.aside)
	}
	p.expectText(keptDir+"/made", "mine")
}

func TestEditedWhileTheCommandRan(t *testing.T) {
	p := newAtomic(t)
	p.begin()
	p.write("out/made", "mine")
	p.write(".wprun-new.out/made", "new")
	warnings, err := p.book.Commit(t.Context(), "copy")
	must(t, err)
	p.expectKept(warnings, keptDir)
	p.expectText(keptDir+"/made", "mine")
	p.expectText("out/made", "new")
}

// TestEditedAfterAFailure: the output of the last success is still there.
func TestEditedAfterAFailure(t *testing.T) {
	p := newAtomic(t)
	p.begin()
	p.expectKept(p.makeAtomic())
	p.begin()
	p.write("out/made", "mine")
	p.expectKept(p.makeAtomic(), keptDir)
	p.expectText(keptDir+"/made", "mine")
}

// TestReplacedWithoutARecord: nobody knows whose it is.
func TestReplacedWithoutARecord(t *testing.T) {
	p := newAtomic(t)
	must(t, p.book.Remove("copy"))
	want := []string{"no record says who has made what its output replaces; what was there is kept: " + keptDir}
	if warnings := p.makeAtomic(); !slices.Equal(warnings, want) {
		t.Errorf("warned %q, want %q", warnings, want)
	}
	p.expectText(keptDir+"/made", "x")
}

func TestAtomicFileEditedAfterAFailure(t *testing.T) {
	p := newProject(t)
	p.task.Atomic = p.path("out")
	must(t, p.attempt(always))
	p.begin()
	p.write("out", "mine")
	p.begin()
	p.write(".wprun-new.out", "new")
	warnings, err := p.book.Commit(t.Context(), "copy")
	must(t, err)
	p.expectKept(warnings, keptDir)
	p.expectText(keptDir, "mine")
	p.expectText("out", "new")
}

// TestReplacedAfterAKill: what the attempt has left is nobody else's.
func TestReplacedAfterAKill(t *testing.T) {
	p := newAtomic(t)
	p.begin()
	p.write(".wprun-new.out/made", "newer")
	p.book.act = func(f func() error) error {
		if _, err := os.Stat(p.path(".wprun/steps/copy~exited.json")); err == nil {
			return errStopped
		}
		return f()
	}
	if _, err := p.book.Commit(t.Context(), "copy"); !errors.Is(err, errStopped) {
		t.Fatalf("Commit: %v", err)
	}
	p.write("in", "2")
	p.expectKept(p.makeAtomic())
}

func TestEmptyDirectoryReplacesNothing(t *testing.T) {
	for name, leave := range map[string]func(*project){
		"empty":       func(p *project) { must(t, os.Mkdir(p.path(".wprun-new.out"), 0o777)) },
		"empty files": func(p *project) { p.write(".wprun-new.out/a", "") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newAtomic(t)
			p.begin()
			leave(p)
			_, err := p.book.Commit(t.Context(), "copy")
			if want := `its output "out" is empty`; err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Commit: %v, want %s", err, want)
			}
			p.expectText("out/made", "x")
		})
	}
}

// TestAtomicOutputOnAnotherFileSystem cannot be moved to what is kept.
func TestAtomicOutputOnAnotherFileSystem(t *testing.T) {
	p := newProject(t)
	elsewhere, err := os.MkdirTemp("/dev/shm", "wprun-test")
	if err != nil {
		t.Skip("there is no other file system: ", err)
	}
	defer os.RemoveAll(elsewhere)
	here, err := stat(p.dir)
	must(t, err)
	if there, err := stat(elsewhere); err != nil || there.device == here.device {
		t.Skip("/dev/shm is no other file system")
	}
	p.task.Atomic = filepath.Join(elsewhere, "out")
	p.task.Outputs = []string{p.task.Atomic}
	for range 2 {
		p.begin()
		must(t, os.Mkdir(Temporary(p.task.Atomic), 0o777))
		must(t, os.WriteFile(filepath.Join(Temporary(p.task.Atomic), "made"), []byte("x"), 0o666))
		warnings, err := p.book.Commit(t.Context(), "copy")
		must(t, err)
		mine := filepath.Join(p.task.Atomic, "mine")
		if _, err := os.Stat(mine); err == nil {
			t.Errorf("what was there is mixed with the new output, warned %q", warnings)
		}
		must(t, os.WriteFile(mine, []byte("mine"), 0o666))
	}
	p.expectText(".wprun/aside/run-1/copy~outside"+p.task.Atomic+"/mine", "mine")
}
