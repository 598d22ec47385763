package record

import (
	"encoding/json"
	"os"
	"strings"
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

// TestYoungStampsOnAnotherFileSystem: its clock may have longer steps than that by
// which the record was made.
func TestYoungStampsOnAnotherFileSystem(t *testing.T) {
	p := newProject(t)
	now, err := stat(p.path("in"))
	must(t, err)
	p.book.device = func() uint64 { return now.device + 1 }
	known := &Entry{Path: "in", stamp: now.stamp, Hash: "that of before"}
	newest := max(now.Mtime, now.Ctime)
	for later, relied := range map[time.Duration]bool{1: false, time.Second: false, 2 * time.Second: false, 2*time.Second + 1: true} {
		e, err := p.book.sight(t.Context(), noClock).entry(file{path: p.path("in")}, known, newest+int64(later))
		must(t, err)
		if (e.Hash == known.Hash) != relied {
			t.Errorf("clock %v after the change: relied on it should be %v", later, relied)
		}
	}
}

func TestHashesOfAnotherFormatAreNotReliedOn(t *testing.T) {
	p := newProject(t)
	p.tick()
	p.run()
	hash := sum([]byte("1"))
	p.spoil(hash, "another-kind-of-hash")
	p.spoil(`"format": 2`, `"format": 99`)
	p.expect("its record has another format")
	p.write("out", "edited")
	if aside, _ := p.run(); len(aside) > 0 {
		t.Errorf("set aside %q, by a record that cannot be read", aside)
	}
	if text := p.read(".wprun/steps/copy.json"); !strings.Contains(text, hash) {
		t.Errorf("the record has not the hash of the input:\n%s", text)
	}
}
