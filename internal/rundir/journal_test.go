package rundir

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

type event struct {
	N    int
	Text string
}

func (e event) line() []byte {
	text, _ := json.Marshal(e)
	return append(text, '\n')
}

func readEvents(t *testing.T, path string) []event {
	t.Helper()
	var got []event
	must(t, ReadJournal(path, func(line json.RawMessage) error {
		var e event
		err := json.Unmarshal(line, &e)
		got = append(got, e)
		return err
	}))
	return got
}

func TestEventsAreReadBackInOrder(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	j := r.Journal()
	want := []event{{1, "a\nb"}, {2, "<&>"}, {3, strings.Repeat("x", 1<<20)}}
	line := want[0].line()
	j.Append(line)
	clear(line)
	if got := readEvents(t, r.Path); len(got) != 0 {
		t.Errorf("%d events before Flush", len(got))
	}
	must(t, j.Flush())
	if got := readEvents(t, r.Path); !cmp.Equal(got, want[:1]) {
		t.Errorf("after the first Flush: %v", got)
	}
	j.Append(want[1].line())
	j.Append(want[2].line())
	must(t, r.Close())
	if got := readEvents(t, r.Path); !cmp.Equal(got, want) {
		t.Errorf("after the end: %d events", len(got))
	}
}

func TestTornLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       []event
		err        string
	}{
		{"nothing", "", nil, ""},
		{"whole", `{"N":1}` + "\n", []event{{N: 1}}, ""},
		{"torn", `{"N":1}` + "\n" + `{"N":`, []event{{N: 1}}, ""},
		{"only the newline is missing", `{"N":1}` + "\n" + `{"N":2}`, []event{{N: 1}}, ""},
		{"zeros at the end", `{"N":1}` + "\n\x00\x00\x00\n", []event{{N: 1}}, ""},
		{"in the middle", `{"N":1}` + "\n" + `{"N":` + "\n" + `{"N":3}` + "\n", []event{{N: 1}}, "cannot read line 2 of"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.WriteFile(filepath.Join(dir, "events.jsonl"), []byte(tt.text), 0o600))
			var got []event
			err := ReadJournal(dir, func(line json.RawMessage) error {
				var e event
				must(t, json.Unmarshal(line, &e))
				got = append(got, e)
				return nil
			})
			if !cmp.Equal(got, tt.want) {
				t.Errorf("%v, want %v", got, tt.want)
			}
			if tt.err == "" {
				must(t, err)
			} else {
				wantError(t, err, tt.err)
			}
		})
	}
}

func TestReadJournalStopsWhereTheReaderSays(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	r.Journal().Append([]byte("1\n2\n"))
	must(t, r.Journal().Flush())
	stop, calls := errors.New("stop"), 0
	err := ReadJournal(r.Path, func(json.RawMessage) error { calls++; return stop })
	if err != stop || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	wantError(t, ReadJournal(t.TempDir(), nil), "cannot read", "events.jsonl")
}

// disk takes room bytes and counts the writes.
type disk struct {
	bytes.Buffer
	room, writes int
}

func (d *disk) Write(p []byte) (int, error) {
	d.writes++
	n := min(len(p), d.room)
	d.room -= n
	d.Buffer.Write(p[:n])
	if n < len(p) {
		return n, unix.ENOSPC
	}
	return n, nil
}

func (d *disk) Close() error { return nil }

func TestAFullDiskIsToldOnceAndNothingIsLost(t *testing.T) {
	d := &disk{room: 13}
	j := &Journal{file: d, name: "/p/events.jsonl"}
	add := func(n string) { j.Append([]byte(n + "\n")) }
	add("1234567") // 8 bytes with its newline
	add("7654321")
	wantError(t, j.Flush(), `cannot write "/p/events.jsonl": no space left on device; free some space`)
	add("3")
	must(t, j.Flush())
	must(t, j.Flush())
	d.room = 100
	must(t, j.Flush())
	d.room = 0
	add("4")
	wantError(t, j.Flush(), "no space left")
	must(t, j.Flush())
	wantError(t, j.Close(), "no space left")
	if got, want := d.String(), "1234567\n7654321\n3\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestFlushIsOneWriteAndAppendIsNone(t *testing.T) {
	d := &disk{room: 1 << 20}
	j := &Journal{file: d}
	for n := range 1000 {
		j.Append(event{N: n}.line())
	}
	if d.writes != 0 {
		t.Errorf("%d writes before Flush", d.writes)
	}
	must(t, j.Flush())
	must(t, j.Flush())
	if d.writes != 1 {
		t.Errorf("%d writes", d.writes)
	}
}

func BenchmarkAppend(b *testing.B) {
	j := &Journal{file: &disk{room: 1 << 40}}
	line := event{N: 1, Text: "started"}.line()
	for b.Loop() {
		j.Append(line)
		if j.pending.Len() > 1<<20 {
			j.pending.Reset()
		}
	}
}
