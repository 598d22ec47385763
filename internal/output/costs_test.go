package output

import (
	"bytes"
	"io"
	"regexp"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// No line costs memory of its own: what a batch of them allocates, if anything, is
// the same for a few lines and for many.
func TestLinesAllocateNothing(t *testing.T) {
	line := []byte("2026-11-22 09:15:30 \x1b[32mINFO\x1b[0m größe 1234567 served in 12 ms\n")
	text := bytes.Repeat(line, batch/len(line))
	lines := bytes.Count(text, []byte("\n"))
	for _, tt := range []struct {
		name   string
		config Config
		match  bool
	}{
		{name: "stream"},
		{name: "colour and times", config: Config{Color: true, Timestamps: true}},
		{name: "json", config: Config{Mode: JSON}},
		{name: "grouped", config: Config{Mode: Grouped}},
		{name: "quiet", config: Config{Mode: Quiet}},
		{name: "times in the log", config: Config{Logs: map[string]Log{"a": {Timestamps: true}}}},
		{name: "rotated", config: Config{Logs: map[string]Log{"a": {MaxSize: 1 << 20, Keep: 1}}}},
		{name: "waiting for a line", match: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.config.Out, tt.config.Names, tt.config.Dir = io.Discard, []string{"a"}, t.TempDir()
			h := NewHub(tt.config)
			defer h.Close(nil)
			c := h.Open("a")
			defer c.End(false)
			if tt.match {
				c.Match(regexp.MustCompile(`^never$`))
			}
			// With -race a sync.Pool, such as that of regexp, drops one in four.
			if n := testing.AllocsPerRun(20, func() { c.Write(text) }); n > float64(lines/2) {
				t.Errorf("%v allocations for %d lines", n, lines)
			}
		})
	}
}

// writes counts the calls of Write.
type writes struct{ n, bytes atomic.Int64 }

func (w *writes) Write(p []byte) (int, error) {
	w.n.Add(1)
	w.bytes.Add(int64(len(p)))
	return len(p), nil
}

// What is written at once is shown at once, as many lines as it may have.
func TestOneWriteForEachBatch(t *testing.T) {
	var screen writes
	h := NewHub(Config{Out: &screen, Names: []string{"a"}, Dir: t.TempDir()})
	c := h.Open("a")
	text := bytes.Repeat([]byte("one of very many lines\n"), 1<<20/23)
	const times = 8
	for range times {
		c.Write(text)
	}
	c.End(false)
	h.Close(nil)
	// Each Write may end with a batch that is not full, and a batch may be written
	// in two parts: what of it was there when the screen had time.
	if most := screen.bytes.Load()/batch*2 + 2*times; screen.n.Load() > most {
		t.Errorf("%d writes of %d bytes, at most %d expected", screen.n.Load(), screen.bytes.Load(), most)
	}
	if h.screen.left > 0 {
		t.Errorf("%d lines were left out", h.screen.left)
	}
}

// A flood that has been shown leaves no memory behind.
func TestTheQueueShrinksAfterAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
		defer h.Close(nil)
		flood(h.Open("a"), 1)
		if n := len(h.screen.queue.ring); n <= batch {
			t.Errorf("%d bytes wait: that shows nothing", n)
		}
		close(term.stopped)
		<-time.After(time.Minute) // until all is shown
		synctest.Wait()
		if n := len(h.screen.queue.ring); n > batch {
			t.Errorf("the queue keeps %d bytes", n)
		}
	})
}
