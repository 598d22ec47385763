package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSignal(t *testing.T) {
	p := newProject(t, sample)
	dir := p.newRun("wprun.toml")
	for range 2 {
		p.expect(spoken{}, "signal", "42", "booted", "db.failed")
	}
	for _, path := range []string{"sub/dir/IAmNamed.watch", dir.Watch() + "/booted.watch", dir.Watch() + "/db.failed.watch"} {
		if !p.isDir(path) {
			t.Errorf("%s is not there", path)
		}
	}
}

// Of a run that is over one is warned, but not of what lies elsewhere.
func TestSignalIntoWhatIsOver(t *testing.T) {
	p := newProject(t, sample)
	dir := p.newRun("wprun.toml")
	dir.Close()
	p.expect(spoken{}, "signal", "42")
	want := "wprun: warning: run " + dir.ID + " is over: nothing waits for what is signalled in its directory\n"
	p.expect(spoken{err: want}, "signal", "42", "booted")
	if !p.isDir(dir.Watch() + "/booted.watch") {
		t.Error("booted was not signalled")
	}
}

// A key that is unknown keeps the others from being signalled.
func TestSignalNothingIfOneIsUnknown(t *testing.T) {
	p := newProject(t, sample)
	if got := p.wprun("signal", "42", "43x"); got.code != 2 {
		t.Errorf("code %d, want 2", got.code)
	}
	if p.isDir("sub") {
		t.Error("42 was signalled")
	}
	if got := p.wprun("signal"); got.code != 2 {
		t.Errorf("without keys: code %d, want 2", got.code)
	}
}

// What cannot be signalled does not keep the rest from it.
func TestSignalWhatCannotBe(t *testing.T) {
	p := newProject(t, sample)
	p.write("sub", "a file")
	got := p.wprun("signal", "42", "data")
	if got.code != 1 || !strings.HasPrefix(got.err, `wprun: cannot create watchpoint "42": `) {
		t.Errorf("got %+v", got)
	}
	if !p.isDir("share/data.watch") {
		t.Error("data was not signalled")
	}
}

func TestRemove(t *testing.T) {
	p := newProject(t, sample)
	p.mkdir("sub/dir/IAmNamed.watch")
	for range 2 {
		p.expect(spoken{}, "remove", "42")
	}
	if p.isDir("sub/dir/IAmNamed.watch") || !p.isDir("sub/dir") {
		t.Error("the directory, or more than that, should be gone")
	}
	p.mkdir("sub/dir/IAmNamed.watch/x")
	p.mkdir("share")
	p.write("share/data.watch", "a file")
	p.expect(spoken{code: 1, err: `wprun: cannot remove watchpoint "42": "$DIR/sub/dir/IAmNamed.watch" is not empty, it holds "x"; a watchpoint stays empty, so move that elsewhere
cannot remove watchpoint "data": "$DIR/share/data.watch" is a regular file, not a directory; move it elsewhere
`}, "remove", "42", "data")
	if _, err := os.Lstat(filepath.Join(p.dir, "share/data.watch")); err != nil || !p.isDir("sub/dir/IAmNamed.watch/x") {
		t.Error("something was removed")
	}
}

func TestExists(t *testing.T) {
	p := newProject(t, sample)
	p.expect(spoken{code: 1}, "exists", "42")
	p.mkdir("sub/dir/IAmNamed.watch")
	p.expect(spoken{}, "exists", "42")
	p.expect(spoken{code: 1}, "exists", "42", "data")
	p.expect(spoken{code: 1}, "exists", "data", "42")
	p.mkdir("share/data.watch")
	p.expect(spoken{}, "exists", "42", "data")
	p.expect(spoken{code: 1}, "exists", "data.failed")
	p.write("share/data.failed.watch", "a file")
	p.expect(spoken{code: 2, err: `wprun: cannot look at watchpoint "data.failed": "$DIR/share/data.failed.watch" is a regular file, not a directory; move it elsewhere
`}, "exists", "data.failed")
}

func TestPathPrintsOneForEachArgument(t *testing.T) {
	p := newProject(t, sample)
	p.expect(spoken{out: "$DIR/share/data.watch\n$DIR/sub/dir/IAmNamed.watch\n$DIR/share/data.watch\n"}, "path", "data", "42", "data")
}
