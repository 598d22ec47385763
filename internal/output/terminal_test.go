package output

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// terminal is a terminal that can be stopped and can be slow. Err of a hub may
// be it as well as Out.
type terminal struct {
	perSecond int // bytes; 0 for no limit
	stopped   chan struct{}

	mu   sync.Mutex
	text bytes.Buffer
}

func (w *terminal) Write(p []byte) (int, error) {
	if w.stopped != nil {
		<-w.stopped
	}
	if w.perSecond > 0 {
		<-time.After(time.Second * time.Duration(len(p)) / time.Duration(w.perSecond))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *terminal) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

const tenThousandLines = 10_000 * 100

// flood writes n times 10,000 lines and returns how long that took.
func flood(c *Channel, n int) time.Duration {
	chunk := []byte(strings.Repeat(strings.Repeat("x", 99)+"\n", 100))
	start := time.Now()
	for range n * tenThousandLines / len(chunk) {
		c.Write(chunk)
	}
	return time.Since(start)
}

// leftOut adds up the notices in text.
func leftOut(t *testing.T, text string) (notices, lines int) {
	t.Helper()
	for line := range strings.Lines(text) {
		var n int
		if !strings.HasPrefix(line, "wprun: left out ") {
			continue
		}
		if _, err := fmt.Sscanf(line, "wprun: left out %d lines (all of them are in the logs)\n", &n); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		notices, lines = notices+1, lines+n
	}
	return notices, lines
}

// floodNumbers writes n numbered lines and returns how long that took.
func floodNumbers(c *Channel, n int) time.Duration {
	start := time.Now()
	var chunk []byte
	for i := range n {
		if chunk = fmt.Appendf(chunk, "%099d\n", i); len(chunk) > batch || i == n-1 {
			c.Write(chunk)
			chunk = chunk[:0]
		}
	}
	return time.Since(start)
}

// inOrder checks that the numbers up to n are in text, except those that a
// notice stands for, in its place. It returns how many were left out.
func inOrder(t *testing.T, text string, n int) (left int) {
	t.Helper()
	next := 0
	for line := range strings.Lines(text) {
		if number, ok := strings.CutPrefix(line, "a | "); ok {
			if got, err := strconv.Atoi(strings.TrimSuffix(number, "\n")); got != next || err != nil {
				t.Fatalf("%q where %d should be: %v", line, next, err)
			}
			next++
			continue
		}
		_, lines := leftOut(t, line)
		next, left = next+lines, left+lines
	}
	if next != n {
		t.Fatalf("%d lines shown or left out, want %d", next, n)
	}
	return left
}

func shownLines(text string) int { return strings.Count(text, "\na | ") + 1 }

// lost is a stream whose reader has gone after some bytes.
type lost struct{ left int }

func (w *lost) Write(p []byte) (int, error) {
	n := min(w.left, len(p))
	w.left -= n
	if n < len(p) {
		return n, &os.PathError{Op: "write", Path: "out", Err: syscall.EPIPE}
	}
	return n, nil
}

// busy is a terminal that another program has made non-blocking.
type busy struct {
	text  bytes.Buffer
	calls int
}

func (w *busy) Write(p []byte) (int, error) {
	w.calls++
	if w.calls%3 != 0 {
		return 0, syscall.EAGAIN
	}
	n := min(len(p), 10)
	w.text.Write(p[:n])
	if n < len(p) {
		return n, syscall.EAGAIN
	}
	return n, nil
}

type refusing struct{}

func (refusing) Write([]byte) (int, error) { return 0, syscall.EAGAIN }
