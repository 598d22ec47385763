package output

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGrouped(t *testing.T) {
	long := strings.Repeat("y", maxLine+10)
	got := shown(t, Config{Mode: Grouped, Dir: t.TempDir()}, func(h *Hub) {
		a, db := h.Open("a"), h.Open("db")
		write(a, "1\n", "2\n")
		write(db, "3\n")
		write(a, "4\x1b[2J")
		h.Say("wprun: before")
		a.End(false)
		h.Say("wprun: after")
		write(db, long, "\n")
		db.End(true)
		again := h.Open("a") // a restart shows only its own part of the log
		write(again, "5\n")
		again.End(false)
		h.Open("web").End(true)
	})
	want := "wprun: before\na   | 1\na   | 2\na   | 4\nwprun: after\n" +
		"db  | 3\ndb  | " + long[:maxLine] + "\ndb  \\ " + long[maxLine:] + "\na   | 5\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGroupedLogThatIsGone(t *testing.T) {
	dir := t.TempDir()
	got := shown(t, Config{Mode: Grouped, Dir: dir}, func(h *Hub) {
		a := h.Open("a")
		write(a, "1\n")
		if err := os.Remove(filepath.Join(dir, "a.log")); err != nil {
			t.Fatal(err)
		}
		a.End(false)
	})
	if !strings.HasPrefix(got, "wprun: cannot show the output in ") {
		t.Errorf("shown %q", got)
	}
}

func TestQuiet(t *testing.T) {
	var thirty, last string
	for i := range 30 {
		thirty += fmt.Sprintln("line", i)
		if i >= 10 {
			last += fmt.Sprintln("a   | line", i)
		}
	}
	long := strings.Repeat("z", 3*batch)
	tests := []struct {
		name, text string
		failed     bool
		want       string
	}{
		{"success", thirty, false, ""},
		{"failure", thirty, true, last},
		{"few lines", "x\ny\n", true, "a   | x\na   | y\n"},
		{"no newline at the end", thirty + "end", true, last[strings.Index(last, "\n")+1:] + "a   | end\n"},
		{"failure without a word", "", true, ""},
		{"empty lines", strings.Repeat("\n", 25), true, strings.Repeat("a   | \n", 20)},
		{"a long line among them", "1\n2\n" + long + thirty[:len(thirty)/2], true, "" +
			"a   | 1\na   | 2\na   | " + long[:maxLine] + "\na   \\ " + long[:maxLine] + "\na   \\ " + long[:maxLine] + "\n" +
			"a   \\ line 0\n" + linesOf("a   | ", thirty[:len(thirty)/2])[len("a   | line 0\n"):]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := shown(t, Config{Mode: Quiet, Dir: t.TempDir()}, func(h *Hub) {
				c := h.Open("a")
				write(c, tt.text)
				c.End(tt.failed)
			})
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func linesOf(prefix, text string) string {
	var b strings.Builder
	for l := range strings.Lines(text) {
		b.WriteString(prefix + strings.TrimSuffix(l, "\n") + "\n")
	}
	return b.String()
}

func TestTailStart(t *testing.T) {
	text := strings.Repeat("0123456\n", 40_000) // over several reads
	for _, n := range []int{1, 20, 10_000} {
		if got, want := tailStart(strings.NewReader(text), 0, int64(len(text)), n), len(text)-8*n; got != int64(want) {
			t.Errorf("the last %d lines start at %d, want %d", n, got, want)
		}
	}
	if got := tailStart(strings.NewReader(text), 80, 160, 20); got != 80 {
		t.Errorf("lines before the start were taken: %d", got)
	}
	endless := strings.Repeat("x", 3*maxLine)
	if got := tailStart(strings.NewReader(endless), 0, 3*maxLine, 2); got != maxLine {
		t.Errorf("looked back to %d", got)
	}
}
