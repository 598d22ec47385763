package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wprun/internal/watchpoint"
)

// A wait is decided by what is there now, whatever was there before.
func TestWaiting(t *testing.T) {
	const pending, satisfied, hopeless = "pending", "satisfied", "hopeless"
	for _, tt := range []struct {
		name    string
		any     bool
		changes string // in reports, "-" is gone
		want    string
	}{
		{"all, nothing there", false, "", pending},
		{"all, one there", false, "a", pending},
		{"all there", false, "a b", satisfied},
		{"all, one gone before the other came", false, "a | -a b", pending},
		{"all, one failed", false, "a b.failed", hopeless},
		{"all, the failed one there nevertheless", false, "a b b.failed", satisfied},
		{"all, one taken back and failed", false, "a | -a a.failed", hopeless},
		{"any, nothing there", true, "", pending},
		{"any, one there", true, "b", satisfied},
		{"any, one failed", true, "a.failed", pending},
		{"any, one failed and one there", true, "a.failed b", satisfied},
		{"any, all failed", true, "a.failed | b.failed", hopeless},
		{"any, a twin taken back", true, "a.failed | -a.failed b.failed", pending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWaiting([]watchpoint.Key{watchpoint.StringKey("a"), watchpoint.StringKey("b")}, tt.any)
			for _, word := range strings.Fields(strings.ReplaceAll(tt.changes, "|", " ")) {
				key, gone := strings.CutPrefix(word, "-")
				w.present[watchpoint.StringKey(key)] = !gone
			}
			got := pending
			switch {
			case w.satisfied():
				got = satisfied
			case w.hopeless():
				got = hopeless
			}
			if got != tt.want {
				t.Errorf("after %q: %s, want %s", tt.changes, got, tt.want)
			}
		})
	}
}

func TestWaitForWhatIsThere(t *testing.T) {
	defer noneLeft(t)
	p := newProject(t, sample)
	p.mkdir("sub/dir/IAmNamed.watch")
	p.expect(spoken{}, "wait", "42")
	p.expect(spoken{}, "wait", "--any", "data", "42")
	p.mkdir("share/data.failed.watch")
	p.expect(spoken{code: 1, err: `wprun: cannot wait for "data" any longer: "data.failed" is there, so it will not come in this run` + "\n"},
		"wait", "42", "data")
	p.expect(spoken{}, "wait", "--any", "42", "data")
	p.expect(spoken{}, "wait", "data.failed")
}

// noneLeft fails the test if a goroutine is left. A wait does not wait for long
// until what hears its events is closed, and on a busy machine the kernel may take
// more than a second for that.
func noneLeft(t *testing.T) {
	t.Helper()
	var left error
	for began := time.Now(); time.Since(began) < 30*time.Second; {
		if left = goleak.Find(); left == nil {
			return
		}
	}
	t.Error(left)
}

// later runs a wait and decides it when it has listed the directories of all
// obstacles, of which it warns: from then on nothing is there before. What is
// said of the obstacles is left out.
func (p *project) later(obstacles []string, decide func(), args ...string) spoken {
	p.t.Helper()
	for _, file := range obstacles {
		p.write(file, "no directory")
	}
	said := make(lines, 16)
	code := make(chan int, 1)
	go func() {
		code <- Main(args, Streams{Out: io.Discard, Err: said, Getenv: func(string) string { return "" }})
		close(said)
	}()
	for range obstacles {
		if line := <-said; !strings.HasPrefix(line, obstacle) {
			p.t.Fatalf("wprun %q ended too early, or said %q", args, line)
		}
	}
	decide()
	got := spoken{code: <-code}
	for line := range said {
		if !strings.HasPrefix(line, obstacle) {
			got.err += line
		}
	}
	return got
}

// obstacle begins a warning of what is no directory.
const obstacle = "wprun: warning: cannot take"

// lines passes on what is written to it.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

func TestWaitForWhatComes(t *testing.T) {
	defer noneLeft(t)
	p := newProject(t, sample)
	dir := p.newRun("wprun.toml")
	p.mkdir("sub/dir")
	private := func(entry string) string { return ".wprun/runs/" + dir.ID + "/watch/" + entry }

	got := p.later([]string{"sub/dir/IAmNamed.failed.watch", private("booted.failed.watch")},
		func() { p.wprun("signal", "42"); p.wprun("signal", "booted") }, "wait", "42", "booted")
	if got != (spoken{}) {
		t.Errorf("all: %+v", got)
	}
	got = p.later([]string{private("db.watch")}, func() { p.wprun("signal", "db.failed") }, "wait", "--run", dir.ID, "booted", "db")
	if got.code != 1 || !strings.Contains(got.err, `"db.failed" is there`) {
		t.Errorf("with a twin: %+v", got)
	}
	got = p.later([]string{private("build.watch")}, func() { p.wprun("signal", "build.failed") }, "wait", "--any", "db", "build")
	if got.code != 1 || strings.Count(got.err, "cannot wait for") != 2 {
		t.Errorf("any, with both twins: %+v", got)
	}
}

func TestWaitTimeout(t *testing.T) {
	defer noneLeft(t)
	p := newProject(t, sample)
	limit := 20 * time.Millisecond
	p.expect(spoken{code: 124, err: "wprun: cannot wait longer than 20ms: \"42\" is still missing\n"}, "wait", "--timeout", limit.String(), "42")
	p.expect(spoken{code: 124, err: "wprun: cannot wait longer than 20ms: \"42\", \"data\" are still missing\n"}, "wait", "--timeout", limit.String(), "42", "data")
	p.expect(spoken{code: 124, err: "wprun: cannot wait longer than 20ms: none of \"42\", \"data\" is there\n"}, "wait", "--any", "--timeout", limit.String(), "42", "data")
	p.expect(spoken{code: 2, err: "wprun: cannot wait for -1s: --timeout takes a time such as 90s\n"}, "wait", "--timeout", "-1s", "42")
}
