package output

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shown runs f with a hub whose Out and Err are one terminal, and returns what
// the terminal shows.
func shown(t *testing.T, c Config, f func(h *Hub)) string {
	t.Helper()
	var b bytes.Buffer
	c.Out, c.Err = &b, &b
	if c.Names == nil {
		c.Names = []string{"a", "db", "web"}
	}
	h := NewHub(c)
	f(h)
	h.Close(nil)
	return b.String()
}

func write(c *Channel, chunks ...string) {
	for _, s := range chunks {
		p := []byte(s)
		c.Write(p)
		clear(p) // it is only valid during the call
	}
}

func logText(t *testing.T, dir, name string) string {
	t.Helper()
	p, err := os.ReadFile(filepath.Join(dir, name+".log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(p)
}

func TestStream(t *testing.T) {
	tests := []struct {
		name   string
		color  bool
		chunks []string
		want   string
	}{
		{"lines", false, []string{"one\ntwo\n"}, "db  | one\ndb  | two\n"},
		{"whole lines only", false, []string{"o", "ne\ntw", "o\n"}, "db  | one\ndb  | two\n"},
		{"no newline at the end", false, []string{"one\ntwo"}, "db  | one\ndb  | two\n"},
		{"nothing", false, nil, ""},
		{"empty line", false, []string{"\n"}, "db  | \n"},
		{"prefix in colour", true, []string{"x\n"}, "\x1b[33mdb  |\x1b[0m x\n"},
		{"colours without colour", false, []string{"\x1b[31mx\n"}, "db  | x\n"},
		{"no colour crosses a line", true, []string{"\x1b[31mx\ny\n"}, "\x1b[33mdb  |\x1b[0m \x1b[31mx\x1b[0m\n\x1b[33mdb  |\x1b[0m y\n"},
		{"CRLF in two writes", false, []string{"one\r", "\ntwo\r\n"}, "db  | one\ndb  | two\n"},
		{"progress bar", false, []string{"1%\r", "2%\r", "done\n"}, "db  | done\n"},
		{"progress bar cut off", false, []string{"1%\r2%\r"}, "db  | 2%\n"},
		{"binary", false, []string{"\x00\xff\n"}, "db  | \uFFFD\uFFFD\n"},
		{"long line", false, []string{strings.Repeat("x", maxLine), "yz\nshort\n"}, "db  | " + strings.Repeat("x", maxLine) + "\ndb  \\ yz\ndb  | short\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			got := shown(t, Config{Color: tt.color, Dir: dir}, func(h *Hub) {
				c := h.Open("db")
				write(c, tt.chunks...)
				c.End(false)
			})
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if raw := strings.Join(tt.chunks, ""); raw != "" && logText(t, dir, "db") != raw {
				t.Errorf("the log has %.100q", logText(t, dir, "db"))
			}
		})
	}
}

func TestOrderOfProcessesAndOwnLines(t *testing.T) {
	got := shown(t, Config{}, func(h *Hub) {
		a, web := h.Open("a"), h.Open("web")
		write(a, "1\n2")
		h.Say("wprun: one\nwprun: \x1b[2Jtwo")
		write(web, "3\n")
		a.End(false)
		h.Say("")
		h.Event([]byte(`{"ignored":1}` + "\n"))
		web.End(false)
	})
	want := "a   | 1\nwprun: one\nwprun: two\nweb | 3\na   | 2\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestThreeMegabytesInOneLine(t *testing.T) {
	dir, line := t.TempDir(), strings.Repeat("x", 3<<20)
	got := shown(t, Config{Dir: dir}, func(h *Hub) {
		c := h.Open("a")
		for i := 0; i < len(line); i += 1000 {
			write(c, line[i:min(len(line), i+1000)])
		}
		write(c, "\nafter\n")
		c.End(false)
	})
	if n := strings.Count(got, "x"); n != len(line) {
		t.Errorf("%d of %d bytes shown", n, len(line))
	}
	if !strings.HasSuffix(got, "\na   | after\n") {
		t.Errorf("it ends with %q", got[len(got)-20:])
	}
	if logText(t, dir, "a") != line+"\nafter\n" {
		t.Error("the log is not what was written")
	}
}

func TestTimestamps(t *testing.T) {
	for _, mode := range []Mode{Stream, Grouped} {
		got := shown(t, Config{Mode: mode, Dir: t.TempDir(), Timestamps: true}, func(h *Hub) {
			c := h.Open("a")
			write(c, "x\ny")
			c.End(false)
		})
		if !regexp.MustCompile(`^(\d\d:\d\d:\d\d\.\d{3} a   \| [xy]\n){2}$`).MatchString(got) {
			t.Errorf("mode %d: %q", mode, got)
		}
	}
}

func TestPrefix(t *testing.T) {
	long := strings.Repeat("n", 100)
	got := shown(t, Config{Names: []string{"a", long}}, func(h *Hub) {
		for _, n := range []string{"a", long, "unknown"} {
			write(h.Open(n), "x\n")
		}
	})
	pad := strings.Repeat(" ", maxPad)
	want := "a" + pad[1:] + " | x\n" + long + " | x\n" + "unknown" + pad[7:] + " | x\n"
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestJSON(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	var out, errs bytes.Buffer
	h := NewHub(Config{Mode: JSON, Out: &out, Err: &errs, Names: []string{"a"}, Timestamps: true})
	c := h.Open("a")
	write(c, "one \"1\"\r\n\x1b[31m\xff\n")
	start := []byte(`{"kind":"<start>"}` + "\n")
	h.Event(start)
	clear(start)
	write(c, long+"y\n", "end")
	c.End(false)
	h.Say("wprun: a word")
	h.Close(nil)

	type object struct {
		Time, Process, Line, Kind string
		More                      bool
	}
	want := []object{
		{Process: "a", Line: `one "1"`},
		{Process: "a", Line: "\x1b[31m\uFFFD"},
		{Kind: "<start>"},
		{Process: "a", Line: long, More: true},
		{Process: "a", Line: "y"},
		{Process: "a", Line: "end"},
	}
	var got []object
	for line := range strings.Lines(out.String()) {
		var o object
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if o.Kind == "" && !regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$`).MatchString(o.Time) {
			t.Errorf("time %q", o.Time)
		}
		o.Time = ""
		got = append(got, o)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if !strings.Contains(out.String(), "<start>") {
		t.Error("an event is not written as it was given")
	}
	if errs.String() != "wprun: a word\n" {
		t.Errorf("Err has %q", errs.String())
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func TestMatch(t *testing.T) {
	for _, mode := range []Mode{Stream, Grouped, Quiet, JSON} {
		shown(t, Config{Mode: mode, Dir: t.TempDir()}, func(h *Hub) {
			c := h.Open("db")
			port, end := c.Match(regexp.MustCompile(`port 80$`)), c.Match(regexp.MustCompile(`^end`))
			write(c, "port 8", "080\n\x1b[32mport", " 80")
			if isClosed(port) {
				t.Errorf("mode %d: matched before the line was complete", mode)
			}
			write(c, "\x1b[0m\r\n")
			if !isClosed(port) {
				t.Errorf("mode %d: not matched", mode)
			}
			if write(c, "port 80\n"); isClosed(end) {
				t.Errorf("mode %d: matched what did not come", mode)
			}
			write(c, "end")
			c.End(false)
			if isClosed(end) {
				t.Errorf("mode %d: a line without newline matched", mode)
			}
			late := c.Match(regexp.MustCompile(`^new$`))
			if write(c, "new\n"); !isClosed(late) {
				t.Errorf("mode %d: not matched after the end", mode)
			}
		})
	}
}

// Without matchers a quiet channel does not look at lines: the next matcher
// starts with what comes after it.
func TestMatchBehindWhatWasNotLookedAt(t *testing.T) {
	shown(t, Config{Mode: Quiet, Dir: t.TempDir()}, func(h *Hub) {
		c := h.Open("db")
		c.Match(regexp.MustCompile(`^1$`))
		write(c, "1\nhalf", " a line\n")
		ready := c.Match(regexp.MustCompile(`^new$`))
		write(c, "new\n")
		if !isClosed(ready) {
			t.Error("not matched")
		}
	})
}

func TestManySilentChannelsAreCheap(t *testing.T) {
	shown(t, Config{Dir: "/nonexistent"}, func(h *Hub) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		channels := make([]*Channel, 5000)
		for i := range channels {
			channels[i] = h.Open("a")
		}
		runtime.ReadMemStats(&after)
		for _, c := range channels {
			c.End(true)
		}
		if got := (after.TotalAlloc - before.TotalAlloc) / 5000; got > 1024 {
			t.Errorf("%d bytes per channel", got)
		}
	})
}

func TestParseMode(t *testing.T) {
	for name, want := range map[string]Mode{"stream": Stream, "grouped": Grouped, "quiet": Quiet, "json": JSON} {
		if got, err := ParseMode(name); got != want || err != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := ParseMode("loud"); err == nil || !strings.HasPrefix(err.Error(), `cannot show output as "loud"`) {
		t.Errorf("loud: %v", err)
	}
}
