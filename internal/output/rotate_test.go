package output

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// logs are the files of a process's log, the oldest first.
func logs(t testing.TB, dir, name string) []string {
	t.Helper()
	var texts []string
	for age := 9; age >= 0; age-- {
		path := filepath.Join(dir, name+".log")
		if age > 0 {
			path += fmt.Sprintf(".%d", age)
		}
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	return texts
}

func TestLogRotates(t *testing.T) {
	long := strings.Repeat("y", maxLine)
	tests := []struct {
		name   string
		size   int64
		keep   int
		chunks []string
		want   []string
	}{
		{"below the size", 10, 2, []string{"123456789\n"}, []string{"123456789\n"}},
		{"lines stay whole", 10, 2, []string{"123\n", "456\n", "789\n"}, []string{"123\n456\n", "789\n"}},
		{"within one write", 10, 2, []string{"123\n456\n789\n"}, []string{"123\n456\n", "789\n"}},
		{"a line in pieces", 10, 2, []string{"123\n", "45", "6789\n", "x\n"}, []string{"123\n456789\n", "x\n"}},
		{"a line longer than the size", 4, 2, []string{"1\n", "23456789\n", "x\n"}, []string{"1\n", "23456789\n", "x\n"}},
		{"the oldest go", 2, 2, []string{"1\n2\n3\n4\n5\n"}, []string{"3\n", "4\n", "5\n"}},
		{"none are kept", 2, 0, []string{"1\n2\n3\n"}, []string{"3\n"}},
		{"more may stay than there are", 2, 1 << 30, []string{"1\n2\n3\n"}, []string{"1\n", "2\n", "3\n"}},
		{"without a size", 0, 2, []string{"1\n2\n3\n"}, []string{"1\n2\n3\n"}},
		{"a line without end is cut", 4, 2, []string{long, long + "\n"}, []string{long + "yyyy", long[4:] + "\n"}},
		{"no end at all", 4, 2, []string{"abc\nde", "fg"}, []string{"abc\n", "defg"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			shown(t, Config{Dir: dir, Logs: map[string]Log{"a": {MaxSize: tt.size, Keep: tt.keep}}}, func(h *Hub) {
				c := h.Open("a")
				write(c, tt.chunks...)
				c.End(false)
			})
			if d := cmp.Diff(tt.want, logs(t, dir, "a")); d != "" {
				t.Error(d)
			}
		})
	}
}

// Whatever is written in whatever pieces: no byte is lost or doubled, and each
// line is in one file.
func TestRotationLosesNothing(t *testing.T) {
	top := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(top, "")
		if err != nil {
			t.Fatal(err)
		}
		size := rapid.Int64Range(1, 60).Draw(t, "size")
		h := NewHub(Config{Dir: dir, Logs: map[string]Log{"a": {MaxSize: size, Keep: 9}}})
		c := h.Open("a")
		var all strings.Builder
		for all.Len() < int(size)*7 {
			text := rapid.StringMatching(`[ab\n]{1,30}`).Draw(t, "text")
			all.WriteString(text)
			write(c, text)
		}
		c.End(false)
		h.Close(nil)
		var files []string
		for age := 9; age >= 0; age-- {
			text, err := os.ReadFile((&parts{path: filepath.Join(dir, "a.log")}).name(age))
			if err == nil {
				files = append(files, string(text))
			}
		}
		if len(files) < 10 && strings.Join(files, "") != all.String() || !strings.HasSuffix(all.String(), strings.Join(files, "")) {
			t.Fatalf("written %q, logs %q", all.String(), files)
		}
		for _, text := range files[:len(files)-1] {
			if !strings.HasSuffix(text, "\n") {
				t.Fatalf("a line is cut: %q", files)
			}
		}
	})
}

func TestGroupedThroughRotations(t *testing.T) {
	dir := t.TempDir()
	got := shown(t, Config{Mode: Grouped, Dir: dir, Logs: map[string]Log{"a": {MaxSize: 4, Keep: 3}, "db": {MaxSize: 4, Keep: 1}}}, func(h *Hub) {
		a, db := h.Open("a"), h.Open("db")
		write(a, "0\n")
		a.End(false)
		write(a, "1\n2\n3\n4\n5\n6\n")
		a.End(false)
		write(db, "1\n2\n3\n4\n5\n6\n")
		db.End(false)
	})
	want := "a   | 0\na   | 1\na   | 2\na   | 3\na   | 4\na   | 5\na   | 6\ndb  | 3\ndb  | 4\ndb  | 5\ndb  | 6\n" +
		fmt.Sprintf("wprun: cannot show all of the output in %q: the first 4 bytes were rotated away; set a larger log.max_size or log.keep\n", filepath.Join(dir, "db.log"))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestQuietThroughRotations(t *testing.T) {
	got := shown(t, Config{Mode: Quiet, Dir: t.TempDir(), Logs: map[string]Log{"a": {MaxSize: 20, Keep: 5}}}, func(h *Hub) {
		c := h.Open("a")
		for i := range 30 {
			write(c, fmt.Sprintln("line", i))
		}
		c.End(true)
		c.ShowLast("wprun: again") // End has shown them
	})
	if !strings.HasPrefix(got, "a   | line 18\n") || strings.Count(got, "\n") != 12 {
		t.Errorf("shown %q", got) // six files of two lines are left
	}
}

func TestShowLast(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte("of an earlier run\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	got := shown(t, Config{Dir: dir}, func(h *Hub) {
		c := h.Open("a")
		c.ShowLast("wprun: nothing yet")
		for i := range 15 {
			write(c, fmt.Sprintln("one", i))
		}
		c.End(true)
		for i := range 9 {
			write(c, fmt.Sprintln("two", i))
		}
		write(c, "end")
		c.End(true)
		c.ShowLast("wprun: the last output of a:")
	})
	want.WriteString("wprun: the last output of a:\n")
	for i := 5; i < 15; i++ {
		fmt.Fprintln(&want, "a   | one", i)
	}
	for i := range 9 {
		fmt.Fprintln(&want, "a   | two", i)
	}
	want.WriteString("a   | end\n")
	_, last, _ := strings.Cut(got, "a   | end\n")
	if d := cmp.Diff(want.String(), last); d != "" {
		t.Error(d)
	}
}

func TestTimestampsInTheLog(t *testing.T) {
	dir := t.TempDir()
	got := shown(t, Config{Mode: Grouped, Dir: dir, Logs: map[string]Log{"a": {Timestamps: true}}}, func(h *Hub) {
		c := h.Open("a")
		write(c, "one\ntw", "o", "\n\nend")
		c.End(false)
		write(c, "again\n")
		c.End(false)
	})
	if want := "a   | one\na   | two\na   | \na   | end\na   | again\n"; got != want {
		t.Errorf("shown %q", got)
	}
	const at = `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z `
	want := regexp.MustCompile("^" + at + "one\n" + at + "two\n" + at + "\n" + at + "end\n" + at + "again\n$")
	if text := logText(t, dir, "a"); !want.MatchString(text) {
		t.Errorf("log %q", text)
	}
}

func TestUnstamped(t *testing.T) {
	const w = len(logTime)
	for _, tt := range []struct {
		text    string
		n       int
		midLine bool
		want    int
	}{
		{"ab\ncd", 0, false, 0},
		{"ab\ncd", w, false, 0},
		{"ab\ncd", w + 2, false, 2},
		{"ab\ncd", w + 3, false, 3},
		{"ab\ncd", w + 3 + w - 1, false, 3},
		{"ab\ncd", w + 3 + w + 1, false, 4},
		{"ab\ncd", 2, true, 2},
	} {
		if got := unstamped([]byte(tt.text), tt.n, tt.midLine); got != tt.want {
			t.Errorf("%d of %q: %d, want %d", tt.n, tt.text, got, tt.want)
		}
	}
}

func TestLogOfItsOwnPlace(t *testing.T) {
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "new", "own.log")
	shown(t, Config{Dir: dir, Logs: map[string]Log{"a": {File: file}}}, func(h *Hub) {
		if h.LogPath("a") != file || h.LogPath("db") != filepath.Join(dir, "db.log") {
			t.Errorf("paths %q, %q", h.LogPath("a"), h.LogPath("db"))
		}
		write(h.Open("a"), "1\n")
	})
	if text, err := os.ReadFile(file); string(text) != "1\n" || len(logs(t, dir, "a")) != 0 {
		t.Errorf("it has %q, %v", text, err)
	}
}

func TestLogThatIsNoFile(t *testing.T) {
	got := shown(t, Config{Logs: map[string]Log{"a": {File: "/dev/null"}}}, func(h *Hub) { write(h.Open("a"), "1\n") })
	if !strings.HasPrefix(got, `wprun: cannot write the log "/dev/null": it is no regular file; `) || !strings.HasSuffix(got, "a   | 1\n") {
		t.Errorf("shown %q", got)
	}
}

func TestLogThatCannotRotate(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a.log.1", "taken"), 0o700); err != nil {
		t.Fatal(err)
	}
	got := shown(t, Config{Mode: Grouped, Dir: dir, Logs: map[string]Log{"a": {MaxSize: 4, Keep: 1}}}, func(h *Hub) {
		c := h.Open("a")
		write(c, "1\n2\n3\n4\n")
		c.End(false)
	})
	if strings.Count(got, "wprun: cannot write the log") != 1 || !strings.HasSuffix(got, "a   | 1\na   | 2\na   | 3\na   | 4\n") {
		t.Errorf("shown %q", got)
	}
}
