package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestStoppedTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
		c := h.Open("a")
		if d := flood(c, 5); d != patience {
			t.Errorf("the process was held up for %v, want %v", d, patience)
		}
		if d := flood(c, 1); d != 0 {
			t.Errorf("held up again for %v", d)
		}
		h.Say("wprun: still here")
		if n := len(h.screen.queue.ring); n > queueLimit {
			t.Errorf("the queue takes %d bytes", n)
		}
		close(term.stopped)
		synctest.Wait()
		got := term.String()
		notices, left := leftOut(t, got)
		if notices != 1 || shownLines(got)+left != 60_000 {
			t.Errorf("%d notices, %d lines left out, %d shown", notices, left, shownLines(got))
		}
		if !strings.Contains(got, "x\nwprun: still here\nwprun: left out ") {
			t.Errorf("it ends with %q", got[len(got)-200:])
		}
		if d := flood(c, 1); d != 0 {
			t.Errorf("held up for %v by a terminal that goes", d)
		}
		h.Close(nil)
		if _, again := leftOut(t, term.String()); again != left || shownLines(term.String())+left != 70_000 {
			t.Errorf("after the stall %d more lines are missing", again-left)
		}
	})
}

func TestSlowTerminals(t *testing.T) {
	tests := []struct {
		name      string
		perSecond int
		complete  bool
	}{
		{"5 MiB/s paces the process", 5 << 20, true},
		{"1 MiB/s gets what it can take", 1 << 20, false},
		{"20 KiB/s gets what it can take", 20 << 10, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				term := &terminal{perSecond: tt.perSecond}
				h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
				c := h.Open("a")
				held := floodNumbers(c, 120_000)
				stalls := time.Duration(len(term.String())/stallEnd + 1)
				if held > stalls*patience {
					t.Errorf("held up for %v in at most %d stalls", held, stalls)
				}
				c.End(false)
				<-time.After(10 * time.Minute) // until all is shown
				h.Close(nil)
				left := inOrder(t, term.String(), 120_000)
				if (left == 0) != tt.complete {
					t.Errorf("%d lines left out", left)
				}
				if tt.complete && held <= patience {
					t.Errorf("held up for %v: that shows nothing about pacing", held)
				}
			})
		})
	}
}

// What waits for room goes on as soon as there is some, whoever waits beside it.
func TestManyWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
		big := strings.Repeat("y", queueLimit/8)
		for range 8 {
			h.Say(big) // one fits into the goroutine's hands, seven into the queue
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { h.Say(big) })
		}
		synctest.Wait()
		start := time.Now()
		close(term.stopped)
		all.Wait()
		h.Close(nil)
		if d := time.Since(start); d != 0 {
			t.Errorf("they waited for %v beside an open terminal", d)
		}
		if n := strings.Count(term.String(), "\n"); n != 13 {
			t.Errorf("%d of 13 lines", n)
		}
	})
}

func TestOwnLinesHaveAReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
		flood(h.Open("a"), 5)
		const enough, tooMany = 1000, 10_000
		for i := range tooMany {
			h.Say(fmt.Sprintf("wprun: word %-100d", i))
		}
		if n := h.screen.queue.size(); n > queueLimit {
			t.Errorf("%d bytes queued", n)
		}
		close(term.stopped)
		h.Close(nil)
		if !strings.Contains(term.String(), fmt.Sprintf("\nwprun: word %-100d\n", enough)) {
			t.Error("own lines were left out before the reserve was full")
		}
		if !strings.HasSuffix(term.String(), "lines (not all of them are in the logs)\n") {
			t.Error("no word about own lines that are lost")
		}
	})
}

func TestLinesLeftOutAreInNoLogThatWasRotatedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		logs := map[string]Log{"a": {MaxSize: tenThousandLines, Keep: 2}}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir(), Logs: logs})
		flood(h.Open("a"), 8)
		close(term.stopped)
		h.Close(nil)
		if !strings.HasSuffix(term.String(), "lines (not all of them are in the logs)\n") {
			t.Error("no word about lines that went with old logs")
		}
	})
}

func TestBlocksWaitForAStoppedTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Mode: Grouped, Out: term, Err: term, Names: []string{"a"}, Dir: t.TempDir()})
		c := h.Open("a")
		if d := flood(c, 5); d != 0 {
			t.Errorf("held up for %v", d)
		}
		c.End(false)
		h.Say("wprun: ended")
		close(term.stopped)
		h.Close(nil)
		if got := term.String(); shownLines(got) != 50_000 || !strings.HasSuffix(got, "\nwprun: ended\n") {
			t.Errorf("%d lines", shownLines(got))
		}
	})
}

func TestNoticeAsJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Mode: JSON, Out: out, Names: []string{"a"}, Dir: t.TempDir()})
		flood(h.Open("a"), 5)
		close(out.stopped)
		h.Close(nil)
		lines := strings.SplitAfter(out.String(), "\n")
		last := lines[len(lines)-2]
		var notice struct {
			Time    time.Time `json:"time"`
			LeftOut int       `json:"left_out"`
		}
		if err := json.Unmarshal([]byte(last), &notice); err != nil || notice.Time.IsZero() {
			t.Fatalf("it ends with %q: %v", last, err)
		}
		if notice.LeftOut == 0 || notice.LeftOut+len(lines)-2 != 50_000 {
			t.Errorf("%d left out, %d shown", notice.LeftOut, len(lines)-2)
		}
	})
}

func TestCloseGivesUpAStuckTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{stopped: make(chan struct{})}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}})
		h.Say("wprun: one")
		synctest.Wait() // it is being written
		flood(h.Open("a"), 1)
		hurry := make(chan struct{})
		const later = time.Hour // as long as nobody is in a hurry, the reader has time
		time.AfterFunc(later, func() { close(hurry) })
		start := time.Now()
		h.Close(hurry)
		if d := time.Since(start); d != later+closeLimit {
			t.Errorf("Close took %v, want %v", d, later+closeLimit)
		}
		close(term.stopped)
		<-h.screen.done
		if got := term.String(); got != "wprun: one\n" {
			t.Errorf("written after the end: %.100q", got)
		}
		h.Say("wprun: late")
		write(h.Open("a"), "late\n")
		h.Close(nil)
	})
}

func TestCloseWaitsForASlowTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &terminal{perSecond: 100 << 10}
		h := NewHub(Config{Out: term, Err: term, Names: []string{"a"}})
		flood(h.Open("a"), 2)
		h.Close(nil)
		if n := shownLines(term.String()); n != 20_000 {
			t.Errorf("%d lines of 20,000", n)
		}
	})
}

func TestBrokenOut(t *testing.T) {
	for _, mode := range []Mode{Stream, Grouped, JSON} {
		synctest.Test(t, func(t *testing.T) {
			var errs terminal
			var h *Hub
			var calls []error
			dir := t.TempDir()
			h = NewHub(Config{
				Mode: mode, Out: &lost{left: 1000}, Err: &errs, Names: []string{"a"}, Dir: dir,
				Broken: func(err error) { calls = append(calls, err); h.Say("wprun: nobody reads") },
			})
			c := h.Open("a")
			for range 2 {
				if d := flood(c, 2); d != 0 {
					t.Errorf("held up for %v", d)
				}
				c.End(false)
				synctest.Wait()
			}
			h.Event([]byte(`"nobody"` + "\n"))
			h.Close(nil)
			if len(calls) != 1 || !errors.Is(calls[0], syscall.EPIPE) {
				t.Errorf("mode %d: Broken was called with %v", mode, calls)
			}
			if errs.String() != "wprun: nobody reads\n" {
				t.Errorf("mode %d: Err has %q", mode, errs.String())
			}
			if n := len(logText(t, dir, "a")); n != 4*tenThousandLines {
				t.Errorf("mode %d: %d bytes in the log", mode, n)
			}
		})
	}
}

func TestBrokenMayClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h *Hub
		ready, ended := make(chan struct{}), make(chan struct{})
		h = NewHub(Config{Out: &lost{}, Broken: func(error) {
			<-ready
			h.Close(nil)
			close(ended)
		}})
		close(ready)
		start := time.Now()
		write(h.Open("a"), "x\n")
		<-ended
		if d := time.Since(start); d != 0 {
			t.Errorf("Close took %v", d)
		}
	})
}

func TestTerminalThatIsNonBlocking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		term := &busy{}
		h := NewHub(Config{Out: term, Names: []string{"a"}, Broken: func(err error) { t.Error(err) }})
		write(h.Open("a"), "0123456789abcdefghij\n")
		h.Close(nil)
		if got := term.text.String(); got != "a | 0123456789abcdefghij\n" {
			t.Errorf("shown %q", got)
		}
	})
}

func TestCloseGivesUpATerminalThatRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHub(Config{Out: refusing{}})
		write(h.Open("a"), "x\n")
		hurry := make(chan struct{})
		close(hurry)
		start := time.Now()
		h.Close(hurry)
		if d := time.Since(start); d > closeLimit {
			t.Errorf("Close took %v", d)
		}
		<-h.screen.done
	})
}

func TestClosedPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	broken := make(chan error, 1)
	h := NewHub(Config{Out: w, Broken: func(err error) { broken <- err }})
	r.Close()
	write(h.Open("a"), "x\n")
	if err := <-broken; !errors.Is(err, syscall.EPIPE) {
		t.Error(err)
	}
	h.Close(nil)
}
