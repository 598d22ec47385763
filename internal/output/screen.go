package output

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// queueLimit is the memory that all waiting output may take; output of
	// processes leaves the last ownReserve of it to wprun's own lines.
	queueLimit = 4 << 20
	ownReserve = 512 << 10

	// batch is how many bytes go to the queue, and from it to a stream, at once.
	batch = 64 << 10

	// patience is how long writers may be held up in one stall. A stall begins
	// when the queue is full and ends when stallEnd bytes have been taken from it.
	patience = time.Second
	stallEnd = queueLimit / 2

	// closeLimit is how long close waits for a stream when there is a hurry.
	closeLimit = 2 * time.Second
	// restFor is how long the goroutine leaves the processor to others after it has
	// written all there was, unless a batch is waiting: short lines that come one by
	// one are few writes, and their readers see no difference.
	restFor = 5 * time.Millisecond
	// keepFor is how long after a flood its memory is kept for the next one.
	keepFor = time.Second
	// retryLimit is the longest pause before a stream that refused is tried again.
	retryLimit = 50 * time.Millisecond
)

// errAbandoned ends a write to a stream that close no longer waits for.
var errAbandoned = errors.New("cannot write to a screen that is closed")

// screen writes to the two streams from one goroutine, in the order of the
// calls. Its queue is bounded: see add.
type screen struct {
	out, err io.Writer
	broken   func(error)    // called once, in a goroutine of its own
	notice   func(left int) // called with mu held, to push the notice

	mu       sync.Mutex
	queue    queue
	closed   bool
	room     chan struct{} // closed and cleared when bytes were taken; nil if nobody waits
	stalled  bool
	taken    int           // bytes taken since the stall began
	waited   time.Duration // time that writers waited in this stall
	dropping bool          // patience is over: output is left out until the stall ends
	left     int           // lines left out and not yet told of
	unlogged bool          // lines may have been left out that are in no log

	work      chan struct{} // holds a token when there is something to do
	urgent    chan struct{} // holds a token when that should not wait for a rest to end
	done      chan struct{} // closed when the goroutine has ended
	gone      atomic.Bool   // out cannot be written any more
	abandoned atomic.Bool   // close has given up: write nothing more
}

func newScreen(out, err io.Writer, broken func(error)) *screen {
	s := &screen{
		out: out, err: err, broken: broken,
		work:   make(chan struct{}, 1),
		urgent: make(chan struct{}, 1),
		done:   make(chan struct{}),
	}
	s.notice = s.noticeLine
	return s
}

// output queues lines of a process. While the queue is full it waits, but no
// longer than patience in one stall; after that the lines are left out and
// counted until the stall ends.
func (s *screen) output(p []byte, lines int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(p) == 0 || s.closed || s.gone.Load() {
		return
	}
	if s.dropping || !s.await(len(p), queueLimit-ownReserve) || s.dropping {
		s.dropping = true
		s.left += lines
		return
	}
	s.queue.push(toOut, p)
	s.wake()
}

// own queues lines of wprun itself. They take part in the waiting, but are left
// out only when the reserve is full too.
func (s *screen) own(t target, p []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || t == toOut && s.gone.Load() {
		return
	}
	if !s.await(len(p), queueLimit) {
		s.left++
		s.unlogged = true
		return
	}
	s.queue.push(t, p)
	s.wake()
}

// show queues a block of that many lines for Out. It is read when its turn comes.
func (s *screen) show(b io.WriterTo, lines int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.gone.Load() {
		return
	}
	if !s.await(segmentCost, queueLimit) {
		s.left += lines
		return
	}
	s.queue.pushSegment(segment{to: toOut, block: b})
	s.wake()
}

// await waits with the lock given up until n bytes fit below limit. It is false
// when they are to be left out. An item larger than the limit fits if it is alone.
func (s *screen) await(n, limit int) bool {
	for !s.queue.empty() && s.queue.size()+n+segmentCost > limit {
		if !s.stalled {
			s.stalled, s.taken, s.waited = true, 0, 0
		}
		if s.closed || s.waited >= patience {
			return false
		}
		s.pause(patience - s.waited)
	}
	return !s.closed
}

// pause gives the lock up until bytes were taken from the queue or d is over.
func (s *screen) pause(d time.Duration) {
	if s.room == nil {
		s.room = make(chan struct{})
	}
	room, start := s.room, time.Now()
	s.mu.Unlock()
	timer := time.NewTimer(d)
	select {
	case <-room:
	case <-timer.C:
	}
	timer.Stop()
	s.mu.Lock()
	s.waited += time.Since(start)
}

// wake tells the goroutine, with the lock held, that there is something to do.
func (s *screen) wake() {
	offer(s.work)
	if s.closed || s.queue.size() >= batch {
		offer(s.urgent)
	}
}

func offer(token chan<- struct{}) {
	select {
	case token <- struct{}{}:
	default: // one is there already, and is taken before the queue is looked at
	}
}

// run writes what is queued until the screen is closed and the queue is empty.
func (s *screen) run() {
	defer close(s.done)
	buf := make([]byte, batch)
	rested := true
	for {
		t, p, b, state := s.take(buf)
		switch {
		case state == stateOver:
			return
		case state == stateIdle && !rested:
			s.rest()
		case state == stateIdle:
			s.idle()
		case b != nil:
			s.putBlock(b)
		default:
			_ = s.put(t, p) // a stream that is lost is noted in put
		}
		rested = state == stateIdle
	}
}

func (s *screen) rest() {
	select {
	case <-s.urgent:
	case <-time.After(restFor):
	}
}

// idle waits for work. When there is none for a while it gives up the memory that
// a flood has taken.
func (s *screen) idle() {
	if s.large() {
		select {
		case <-s.work:
			return
		case <-time.After(keepFor):
			s.shrink()
		}
	}
	<-s.work
}

func (s *screen) large() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.large()
}

func (s *screen) shrink() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue.shrink()
}

type state uint8

const (
	stateBusy state = iota
	stateIdle
	stateOver
)

func (s *screen) take(buf []byte) (t target, p []byte, b io.WriterTo, st state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.abandoned.Load() {
		return 0, nil, nil, stateOver
	}
	if s.queue.empty() {
		if s.closed {
			return 0, nil, nil, stateOver
		}
		return 0, nil, nil, stateIdle
	}
	t, p, b = s.queue.pop(buf)
	s.took(len(p))
	return t, p, b, stateBusy
}

// took ends the stall when it is time and tells those who wait for room.
func (s *screen) took(n int) {
	s.taken += n
	if s.stalled && (s.taken >= stallEnd || s.queue.empty()) {
		s.stalled, s.dropping, s.waited = false, false, 0
	}
	if s.left > 0 && !s.stalled {
		s.notice(s.left)
		s.left = 0
	}
	s.tellWaiting()
}

func (s *screen) tellWaiting() {
	if s.room != nil {
		close(s.room)
		s.room = nil
	}
}

func (s *screen) noticeLine(left int) {
	noun, where := "lines", "all of them are in the logs"
	if left == 1 {
		noun, where = "line", "it is in the log"
	}
	if s.unlogged {
		where = "not all of them are in the logs"
	}
	s.queue.push(toErr, fmt.Appendf(nil, "wprun: left out %d %s (%s)\n", left, noun, where))
}

// noticeJSON is noticeLine for those who read Out as JSON.
func (s *screen) noticeJSON(left int) {
	s.queue.push(toOut, leftOutJSON(left))
}

// lose notes that from now on not every line is in a log.
func (s *screen) lose() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlogged = true
}

// put writes p to a stream.
func (s *screen) put(t target, p []byte) error {
	if t == toErr {
		return s.write(s.err, p)
	}
	if s.gone.Load() {
		return errAbandoned
	}
	err := s.write(s.out, p)
	if err != nil && !errors.Is(err, errAbandoned) && s.gone.CompareAndSwap(false, true) && s.broken != nil {
		go s.broken(err) // it may call anything of the hub, even Close
	}
	return err
}

// write writes all of p. A terminal that another program has set to
// non-blocking refuses with EAGAIN; that is waited out.
func (s *screen) write(w io.Writer, p []byte) error {
	for delay := time.Millisecond; ; delay = min(2*delay, retryLimit) {
		if s.abandoned.Load() {
			return errAbandoned
		}
		n, err := w.Write(p)
		p = p[n:]
		if !errors.Is(err, syscall.EAGAIN) {
			return err
		}
		time.Sleep(delay)
	}
}

// putBlock writes a block to Out, in batches so that progress can be seen.
func (s *screen) putBlock(b io.WriterTo) {
	if s.gone.Load() {
		return
	}
	if _, err := b.WriteTo(outWriter{s}); err != nil {
		_ = s.put(toErr, fmt.Appendf(nil, "wprun: %v\n", err))
	}
}

// outWriter is Out for a block.
type outWriter struct{ s *screen }

func (w outWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), batch)
		if err := w.s.put(toOut, rest[:n]); err != nil {
			return len(p) - len(rest), err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

// close lets the goroutine write what is queued and end. It gives up closeLimit
// after hurry was closed.
func (s *screen) close(hurry <-chan struct{}) {
	s.mu.Lock()
	s.closed = true
	s.tellWaiting()
	s.wake()
	s.mu.Unlock()
	select {
	case <-s.done:
		return
	case <-hurry:
	}
	limit := time.NewTimer(closeLimit)
	defer limit.Stop()
	select {
	case <-s.done:
	case <-limit.C:
		s.abandoned.Store(true)
	}
}
