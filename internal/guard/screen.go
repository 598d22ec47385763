package guard

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// screen shows on a terminal what the supervisor writes.
type screen struct {
	from     *os.File
	terminal int
	lost     chan<- struct{} // takes a token when the terminal is gone
	done     chan struct{}   // closed when all is shown
}

// streams are the supervisor's stdout and stderr.
type streams struct {
	out, err *os.File
	// outShown and errShown say that what is written there goes to a terminal by
	// way of the front.
	outShown, errShown bool
	screens            []*screen
	lost               chan struct{}
}

// openStreams puts one pipe before each terminal, so that the order of what is
// written to stdout and stderr is kept if both are the same one. What is no
// terminal the supervisor gets as it is.
func openStreams() (s *streams, err error) {
	s = &streams{out: os.Stdout, err: os.Stderr, lost: make(chan struct{}, 2)}
	s.outShown, s.errShown = term.IsTerminal(1), term.IsTerminal(2)
	if s.outShown {
		if s.out, err = s.open(1); err != nil {
			return nil, err
		}
	}
	switch {
	case s.outShown && s.errShown && sameTerminal(1, 2):
		s.err = s.out
	case s.errShown:
		s.err, err = s.open(2)
	}
	return s, err
}

func (s *streams) open(terminal int) (*os.File, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	s.screens = append(s.screens, &screen{from, terminal, s.lost, make(chan struct{})})
	return to, nil
}

func sameTerminal(a, b int) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a, &x) == nil && unix.Fstat(b, &y) == nil && x.Rdev == y.Rdev
}

// show begins to show, once the supervisor has its ends of the pipes.
func (s *streams) show() {
	for _, file := range []*os.File{s.out, s.err} {
		if file != os.Stdout && file != os.Stderr {
			file.Close()
		}
	}
	for _, screen := range s.screens {
		go screen.show()
	}
}

// shown returns a channel that is closed when the supervisor has closed its
// streams and all that was written to them is shown.
func (s *streams) shown() <-chan struct{} {
	done := make(chan struct{})
	go func() {
		for _, screen := range s.screens {
			<-screen.done
		}
		close(done)
	}()
	return done
}

// show goes on to the end of the pipe. When the terminal is gone, what comes is
// dropped: the supervisor shall not be held up.
func (s *screen) show() {
	defer close(s.done)
	gone := false
	buf := make([]byte, 64<<10)
	for {
		n, err := s.from.Read(buf)
		if err != nil {
			return
		}
		if !gone && writeAll(s.terminal, buf[:n]) != nil {
			gone = true
			s.lost <- struct{}{}
		}
	}
}

// retry is the pause before a terminal that was set to non-blocking by another
// program is tried again.
const retry = 10 * time.Millisecond

func writeAll(fd int, p []byte) error {
	for len(p) > 0 {
		n, err := unix.Write(fd, p)
		switch {
		case n > 0:
			p = p[n:]
		case errors.Is(err, unix.EAGAIN):
			time.Sleep(retry)
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return err
		}
	}
	return nil
}
