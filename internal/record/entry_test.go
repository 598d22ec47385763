package record

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

// TestYoungStampsAreNotReliedOn: a file that is as young as the record may have
// been changed again within the same step of the clock, with the same stamp.
func TestYoungStampsAreNotReliedOn(t *testing.T) {
	p := newProject(t)
	now, err := stat(p.path("in"))
	must(t, err)
	known := &Entry{Path: "in", stamp: now.stamp, Hash: "that of before"}
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

func TestEntryIsALine(t *testing.T) {
	for _, path := range []string{"in", "a b", "/abs/ü", " ", `"`, `"quoted"`, "\xff\xfe", "line\nbreak", `back\slash`} {
		for _, hash := range []string{"", "abc"} {
			e := Entry{Path: path, stamp: stamp{1, -2, 3, 1<<64 - 1}, Hash: hash}
			text, err := json.Marshal(e)
			must(t, err)
			var got Entry
			must(t, json.Unmarshal(text, &got))
			if got != e {
				t.Errorf("%s: %+v, want %+v", text, got, e)
			}
		}
	}
}

func TestBrokenEntries(t *testing.T) {
	for _, text := range []string{"", "abc", "abc 1 2 3 in", "abc 1 2 3 4", "abc 1 2 x 4 in", `abc 1 2 3 4 "in`, "abc 1 2 3 -4 in"} {
		var e Entry
		if err := e.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q: %+v, want an error", text, e)
		}
	}
}
