package record

import (
	"os"
	"strings"
	"testing"
)

// TestLongerFileOfAKill: nothing of what a kill has left is in a record.
func TestLongerFileOfAKill(t *testing.T) {
	p := newProject(t)
	p.write(".wprun/steps/.copy.json", strings.Repeat("x", 10_000))
	p.run()
	p.expectCurrent()
}

// TestFilesAreClosed counts what is open before and after.
func TestFilesAreClosed(t *testing.T) {
	open := func() int {
		list, err := os.ReadDir("/dev/fd")
		must(t, err)
		return len(list)
	}
	p := newProject(t)
	p.run()
	before := open()
	for range 5 {
		p.begin()
		p.command()
		_, err := p.book.Commit(t.Context(), "copy")
		must(t, err)
	}
	if after := open(); after != before {
		t.Errorf("%d files are open, %d were before", after, before)
	}
}

// TestChangesOfATask: each is a system call or more, for each task of a build: two looks
// at the clock, three files that take a name each, and five that are removed or renamed.
func TestChangesOfATask(t *testing.T) {
	p := newProject(t)
	got := 0
	p.book.act = func(f func() error) error {
		got++
		return f()
	}
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	p.command()
	_, err = p.book.Commit(t.Context(), "copy")
	must(t, err)
	if got != 13 {
		t.Errorf("%d changes, want 13", got)
	}
}
