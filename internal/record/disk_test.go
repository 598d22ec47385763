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

// TestChangesOfATask: each is a system call or more, for each task of a build.
func TestChangesOfATask(t *testing.T) {
	for changes, prepare := range map[int]func(*project){
		// Two looks at the clock, two files that take a name each, and five that are
		// removed or renamed.
		11: func(*project) {},
		13: func(p *project) { p.noted = true }, // a third file
	} {
		p := newProject(t)
		prepare(p)
		p.reopen()
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
		if got != changes {
			t.Errorf("%d changes, want %d", got, changes)
		}
	}
}
