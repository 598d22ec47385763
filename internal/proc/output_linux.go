package proc

import (
	"golang.org/x/sys/unix"
)

const (
	pipeSize = 64 << 10 // what the kernel gives
	pipeMax  = 1 << 20  // what it gives to anybody who asks
	// turnMax bounds what one command may deliver before the others have their
	// turn. It is more than a pipe holds, so one turn after the exit delivers
	// all that was written before it.
	turnMax = 4 * pipeMax
)

// receive delivers what is in the pipe or terminal of p.
func (s *Set) receive(p *process) {
	for total := 0; total < turnMax && p.pipe >= 0; {
		buf := s.buffer(p)
		n, err := unix.Read(p.pipe, buf)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return
		case err != nil || n == 0: // not while the other end is open
			s.closePipe(p)
			return
		}
		p.wrote = true
		if p.spec.Output != nil {
			p.spec.Output(buf[:n])
		}
		total += n
		if p.spec.TTY {
			continue
		}
		if n < len(buf) {
			return // a pipe gives less than asked for only when it is empty
		}
		s.growPipe(p)
	}
}

func (s *Set) buffer(p *process) []byte {
	if p.pipeGrown {
		return s.big
	}
	return s.small
}

// growPipe gives a command that fills its pipe a larger one. The kernel may
// refuse (a limit per user); the larger buffer does no harm then.
func (s *Set) growPipe(p *process) {
	if p.pipeGrown {
		return
	}
	if s.big == nil {
		s.big = make([]byte, pipeMax)
	}
	_, _ = unix.FcntlInt(uintptr(p.pipe), unix.F_SETPIPE_SZ, pipeMax)
	p.pipeGrown = true
}

// closePipe ends the reading. What still has a pipe open gets SIGPIPE when it
// writes, and a terminal is hung up.
func (s *Set) closePipe(p *process) {
	if p.pipe < 0 {
		return
	}
	// A child that does not execute its program yet has both ends open too: when it
	// closes them, epoll would report an end that is over here.
	_ = unix.EpollCtl(s.epoll, unix.EPOLL_CTL_DEL, p.pipe, nil)
	closeAll(p.pipe, p.writeEnd)
	p.pipe, p.writeEnd = -1, -1
	delete(s.sources, p.pipeToken)
}
