package output

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestLogIsLazyAndContinued(t *testing.T) {
	dir := t.TempDir()
	shown(t, Config{Dir: dir}, func(h *Hub) {
		silent := h.Open("silent")
		silent.Write(nil)
		silent.End(true)
		for _, text := range []string{"first\n", "second\n"} {
			c := h.Open("a")
			write(c, text)
			c.End(false)
		}
		c := h.Open("db")
		write(c, "1\n")
		c.End(false)
		write(c, "late\n")
		c.End(false)
	})
	if _, err := os.Lstat(filepath.Join(dir, "silent.log")); !os.IsNotExist(err) {
		t.Errorf("a silent process has a log: %v", err)
	}
	if got := logText(t, dir, "a") + logText(t, dir, "db"); got != "first\nsecond\n1\nlate\n" {
		t.Errorf("logs %q", got)
	}
}

// readOnly makes the log of c one that cannot be written.
func readOnly(t *testing.T, c *Channel) {
	t.Helper()
	f, err := os.Open(c.log.path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.log.close(); err != nil {
		t.Fatal(err)
	}
	c.log.file = f
	t.Cleanup(func() { f.Close() })
}

func TestLogThatCannotBeWritten(t *testing.T) {
	for _, mode := range []Mode{Stream, Grouped, Quiet} {
		dir := t.TempDir()
		got := shown(t, Config{Mode: mode, Dir: dir}, func(h *Hub) {
			c, other := h.Open("a"), h.Open("web")
			write(c, "1\n")
			readOnly(t, c)
			write(c, "2\n")
			write(c, "3\n4")
			c.End(false)
			write(other, "5\n")
			readOnly(t, other)
			write(other, "6\n")
			other.End(false)
		})
		if n := strings.Count(got, "wprun: cannot write the log"); n != 1 {
			t.Errorf("mode %d: %d warnings in %q", mode, n, got)
		}
		lines := regexp.MustCompile(`(?m)^wprun.*\n`).ReplaceAllString(got, "")
		if want := "a   | 1\na   | 2\na   | 3\na   | 4\nweb | 5\nweb | 6\n"; lines != want {
			t.Errorf("mode %d: shown %q", mode, lines)
		}
		if logText(t, dir, "a") != "1\n" {
			t.Errorf("mode %d: log %q", mode, logText(t, dir, "a"))
		}
	}
}

// A match has made the channel hold a half line, which the log has too.
func TestLogThatFailsWithinALine(t *testing.T) {
	got := shown(t, Config{Mode: Grouped, Dir: t.TempDir()}, func(h *Hub) {
		c := h.Open("a")
		c.Match(regexp.MustCompile("never"))
		write(c, "half")
		readOnly(t, c)
		write(c, " a line\n")
		c.End(false)
	})
	if !strings.HasSuffix(got, "\na   | half\na   |  a line\n") {
		t.Errorf("shown %q", got)
	}
}

// The log is a pipe that takes only the first part of a write, as a disk does
// that becomes full.
func TestLogThatTakesAPart(t *testing.T) {
	dir, text := t.TempDir(), strings.Repeat("0123456789\n", 20_000)
	if err := os.WriteFile(filepath.Join(dir, "a.log"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := w.SetWriteDeadline(time.Now().Add(10 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	got := shown(t, Config{Mode: Grouped, Dir: dir}, func(h *Hub) {
		c := h.Open("a")
		c.log.file = w
		write(c, text)
		if c.log.end == 0 || c.log.end == int64(len(text)) {
			t.Fatalf("the log took %d bytes, which is no part", c.log.end)
		}
		c.End(false)
	})
	got = regexp.MustCompile(`(?m)^wprun.*\n|^a   \| |\n`).ReplaceAllString(got, "")
	if want := strings.ReplaceAll(text, "\n", ""); got != want {
		t.Errorf("%d bytes shown, want %d", len(got), len(want))
	}
}

func TestLogHasNoGaps(t *testing.T) {
	l := newLog(filepath.Join(t.TempDir(), "a.log"), Log{})
	take := func(text string) (int, error) { return l.write([]byte(text)) }
	if n, err := take("one\n"); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	good := l.file
	closed, err := os.Open(l.path)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	l.file = closed
	if n, err := take("lost\n"); n != 0 || err == nil {
		t.Errorf("a failed write took %d bytes, error %v", n, err)
	}
	l.file = good
	if n, err := take("later\n"); n != 0 || err != nil {
		t.Errorf("after a failure the log took %d bytes, error %v", n, err)
	}
	if err := l.close(); err != nil {
		t.Error(err)
	}
}

func TestLogFolderThatIsMissing(t *testing.T) {
	got := shown(t, Config{Dir: filepath.Join(t.TempDir(), "none")}, func(h *Hub) {
		c := h.Open("a")
		write(c, "1\n", "2\n")
		c.End(false)
	})
	if !regexp.MustCompile(`^wprun: cannot write the log ".*/none/a.log": no such file or directory; .*\na   \| 1\na   \| 2\n$`).MatchString(got) {
		t.Errorf("shown %q", got)
	}
}

func TestLogThatIsASymlinkIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(t.TempDir(), "other")
	if err := os.Symlink(other, filepath.Join(dir, "a.log")); err != nil {
		t.Fatal(err)
	}
	shown(t, Config{Dir: dir}, func(h *Hub) { write(h.Open("a"), "1\n") })
	if _, err := os.Lstat(other); !os.IsNotExist(err) {
		t.Errorf("the target was made: %v", err)
	}
}
