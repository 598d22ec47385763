package record

import (
	"os"
	"testing"
	"time"
)

// TestYoungStampsAreNotReliedOn: a file that is as young as the record may have
// been changed again within the same step of the clock, with the same stamp.
func TestYoungStampsAreNotReliedOn(t *testing.T) {
	p := newProject(t)
	info, err := os.Stat(p.path("in"))
	must(t, err)
	known := &Entry{Path: "in", stamp: stampOf(info), Hash: "that of before"}
	newest := max(known.Mtime, known.Ctime)
	for clock, relied := range map[int64]bool{newest - 1: false, newest: false, newest + 1: true} {
		e, err := p.book.sight(t.Context(), noClock).entry(file{path: p.path("in")}, known, clock)
		must(t, err)
		if (e.Hash == known.Hash) != relied {
			t.Errorf("clock %+d after the change: hash %q, relied on it should be %v", clock-newest, e.Hash, relied)
		}
	}
}

// TestOutputAsYoungAsTheNote: it may have been changed after the note.
func TestOutputAsYoungAsTheNote(t *testing.T) {
	p := newProject(t)
	finishedButUnrecorded(t, p)
	info, err := os.Stat(p.path("out"))
	must(t, err)
	must(t, os.Chtimes(p.path(".wprun/steps/copy~exited.json"), info.ModTime(), info.ModTime()))
	p.expect("its last attempt failed or was interrupted")
}

// TestOutputOnAFileSystemWhoseClockIsLate: edited after the note, and older than it
// by that clock.
func TestOutputOnAFileSystemWhoseClockIsLate(t *testing.T) {
	p := newProject(t)
	finishedButUnrecorded(t, p)
	p.write("out", "edited")
	later := time.Now().Add(time.Hour)
	must(t, os.Chtimes(p.path(".wprun/steps/copy~exited.json"), later, later))
	p.expect("its last attempt failed or was interrupted")
}
