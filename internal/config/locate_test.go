package config

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// path makes a place of words; those that begin with "#" are indexes.
func path(words ...string) keyPath {
	var at keyPath
	for _, w := range words {
		if n, ok := strings.CutPrefix(w, "#"); ok {
			at = at.index(int(n[0] - '0'))
		} else {
			at = at.key(w)
		}
	}
	return at
}

const placesText = `jobs = 1 # [not.a.table]
"quoted key" = '[x]'
a.b . "c" = 1979-05-27 07:32:00
text = """
[not.a.table] \"""
not = "a key" """""
raw = '''
x = 1
\'''
list = [
  "a", # ]
  ["b",
   "c"],
  { key = "d",
    when = "self" },
]
inline = { x = { y = 1 }, "z" = [1, 2] }
[task.t]
command = "x"
env = { A = "}" }
[ task . 'u.v' ]
command = "x"
[[watchpoint]]
key = 1
[[watchpoint]]
key = 2
[watchpoint.sub]
deep = true
[task.t.stop]
signal = "TERM"
"esc\u0061ped" = 1
[later]
` + "crlf = 1\r\nlast = 2"

func TestScanFindsLines(t *testing.T) {
	l := scan(placesText)
	for _, c := range []struct {
		at   keyPath
		line int
	}{
		{path("jobs"), 1},
		{path("quoted key"), 2},
		{path("a", "b", "c"), 3},
		{path("text"), 4},
		{path("not"), 0},
		{path("raw"), 7},
		{path("x"), 0},
		{path("list"), 10},
		{path("list", "#0"), 11},
		{path("list", "#1"), 12},
		{path("list", "#1", "#0"), 12},
		{path("list", "#1", "#1"), 13},
		{path("list", "#2"), 14},
		{path("list", "#2", "when"), 15},
		{path("inline", "x", "y"), 17},
		{path("inline", "z", "#1"), 17},
		{path("task"), 18},
		{path("task", "t"), 18},
		{path("task", "t", "env", "A"), 20},
		{path("task", "t", "no such"), 18},
		{path("task", "nobody"), 0},
		{path("task", "u.v", "command"), 22},
		{path("watchpoint"), 23},
		{path("watchpoint", "#0", "key"), 24},
		{path("watchpoint", "#1", "key"), 26},
		{path("watchpoint", "#1", "sub", "deep"), 28},
		{path("watchpoint", "#2"), 0},
		{path("task", "t", "stop", "signal"), 30},
		{path("task", "t", "stop", "escaped"), 29},
		{path("later", "crlf"), 33},
		{path("later", "last"), 34},
		{path("nowhere"), 0},
	} {
		if got := l.of(c.at); got != c.line {
			t.Errorf("%q is on line %d, want %d", c.at, got, c.line)
		}
	}
}

func TestScanStopsWhereItIsLost(t *testing.T) {
	for _, text := range []string{
		"a = \"x\nb = 1\n", "a = \nb = 1\n", "a 1\nb = 1\n", "[a\nb = 1\n", "[[a]\nb = 1\n",
		"a = [1\nb = 1\n", "a = {x\nb = 1\n", "a = '''\nb = 1\n", "= 1\nb = 1\n", "a = ]\nb = 1\n",
	} {
		_, _, err := survey(text, pieceSize)
		if line := scan(text).of(path("b")); err != nil || line != 0 {
			t.Errorf("%q: line %d, error %v", text, line, err)
		}
	}
}

func TestScanLimitsPaths(t *testing.T) {
	for name, text := range map[string]string{
		"long names":  "[" + strings.Repeat("k", 1000) + "]\n" + strings.Repeat("a=1\n", 10),
		"many keys":   strings.Repeat("a=1\n", 200),
		"many values": "a = [" + strings.Repeat("\n1,", 200) + "]",
		"long header": strings.Repeat("[a.b.c.d]\n", 40),
	} {
		s := newScanner(text, 10_000)
		for s.statement() {
		}
		if s.err == nil || s.err.Error() != "it has too many keys" {
			t.Errorf("%s: got %v", name, s.err)
		}
	}
	s := newScanner("a = ["+strings.Repeat("1,", 200)+"]", 10_000)
	for s.statement() {
	}
	if s.err != nil {
		t.Errorf("values on one line: %v", s.err)
	}
}

// FuzzScan compares with the TOML library: where it accepts a text, scan reads
// all of it, and each line it tells has the key on it.
func FuzzScan(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.TrimPrefix(text, "\ufeff")
		if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
			return // readText refuses UTF-16; the library skips its mark
		}
		s := newScanner(text, maxPaths)
		for s.statement() {
		}
		var values map[string]any
		if s.err != nil {
			return
		}
		if _, err := toml.Decode(text, &values); err != nil {
			return
		}
		if s.pos != len(text) {
			t.Fatalf("stopped at %d of %d bytes", s.pos, len(text))
		}
		all := strings.Split(text, "\n")
		for at, line := range scan(text).at {
			if i := strings.LastIndexAny(string(at), "\x00\x01"); at[i] == 0 && !strings.Contains(all[line-1], string(at[i+1:])) {
				t.Errorf("%q is not on line %d: %q", at, line, all[line-1])
			}
		}
	})
}
