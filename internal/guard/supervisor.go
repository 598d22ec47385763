package guard

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// linkFD is the supervisor's end of the link.
const linkFD = 3

// Supervisor is the front as seen from the supervisor.
type Supervisor struct {
	// Out and Err say which stream is a terminal in the end.
	Out, Err bool

	link *link

	mu         sync.Mutex
	count      count
	handler    *Handler // nil until there is a run
	rows, cols uint16
	soft       int
}

// Handler is told what happens to the front, one call after the other. Its
// functions must not block.
type Handler struct {
	// Asked is told of each request to end the run.
	Asked func(syscall.Signal)
	// Pause is told to stop all that runs and to call done then, or with on
	// false to let it go on.
	Pause func(on bool, done func())
	// Resize is told the size of the terminal.
	Resize func(rows, cols uint16)
	// Died is told that the front is dead.
	Died func()
}

// Supervise returns nil unless this process was started as a supervisor. Until
// there is a run, a signal, or the end of the front, ends this process.
func Supervise() *Supervisor {
	if filepath.Base(os.Args[0]) != Name || !isSocket(linkFD) {
		return nil
	}
	s := &Supervisor{link: newLink(linkFD)}
	m, err := s.link.receive()
	if err != nil || m.word != hello {
		return nil
	}
	s.Out, s.Err = m.a == 1, m.b == 1
	rename()
	signals := make(chan os.Signal, 8)
	Listen(signals)
	go s.follow(signals)
	return s
}

func isSocket(fd int) bool {
	kind, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	return err == nil && kind == unix.SOCK_STREAM
}

// Begin has h told from now on.
func (s *Supervisor) Begin(h Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handler = &h
	if s.rows > 0 {
		h.Resize(s.rows, s.cols)
	}
}

// End tells the front that all is done. This process is to exit then.
func (s *Supervisor) End(o Outcome) { s.link.send(message{ended, o.Code, int(o.Signal)}) }

// follow goes on as long as this process.
func (s *Supervisor) follow(signals <-chan os.Signal) {
	told := make(chan message)
	go s.link.listen(told)
	for {
		select {
		case m, ok := <-told:
			if !ok {
				s.frontDied()
				told = nil
				continue
			}
			s.hear(m)
		case sig := <-signals:
			s.signalled(sig.(syscall.Signal))
		}
	}
}

func (s *Supervisor) hear(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.handler
	switch m.word {
	case resized:
		s.rows, s.cols = uint16(m.a), uint16(m.b)
	case files:
		s.soft = m.a
	}
	switch {
	case m.word == asked:
		s.asked(byFront, syscall.Signal(m.a))
	case m.word == pause && h == nil:
		s.pausedNow()
	case h == nil:
	case m.word == pause:
		h.Pause(true, s.pausedNow)
	case m.word == goOn:
		h.Pause(false, nil)
	case m.word == resized:
		h.Resize(s.rows, s.cols)
	}
}

// SoftFiles is the soft limit of open files that commands are to have; 0 is not known
// yet, or never.
func (s *Supervisor) SoftFiles() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uint64(s.soft)
}

func (s *Supervisor) pausedNow() { s.link.send(message{word: paused}) }

// signalled takes a signal that was sent to this process.
func (s *Supervisor) signalled(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked(direct, sig)
}

// asked is called with mu held.
func (s *Supervisor) asked(by road, sig syscall.Signal) {
	news := s.count.add(by, sig, time.Now())
	switch {
	case s.handler == nil:
		s.End(died(sig))
		os.Exit(died(sig).Code)
	case news:
		s.handler.Asked(sig)
	}
}

func (s *Supervisor) frontDied() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handler == nil {
		fmt.Fprintln(os.Stderr, "wprun: the front has died")
		os.Exit(125)
	}
	s.handler.Died()
}
