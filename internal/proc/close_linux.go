package proc

import (
	"time"

	"golang.org/x/sys/unix"
)

// Close ends every process below this one, whatever its session and whoever
// started it, and frees the Set. It takes at most limit, and returns the
// processes that are still alive then: those in disk sleep, and those of other
// users. What ends here is not reported, and its output is dropped. Nobody else
// may be waiting for a child meanwhile.
func (s *Set) Close(limit time.Duration) (left []Member) {
	defer s.free()
	for _, p := range s.procs {
		signalGroup(p.pid, unix.SIGKILL)
	}
	_, left = EndAll(unix.SIGKILL, 0, limit, nil)
	return left
}

// free closes all descriptors. The Set must be kept until this program ends, since a
// child that could not be killed uses the memory that births leads to. A Wake in another goroutine may be between its
// flag and its write: the eventfd is closed after that write only.
func (s *Set) free() {
	for _, p := range s.procs {
		s.closePipe(p)
		closeAll(p.pidfd)
	}
	s.unwatch()
	for _, o := range s.orphans {
		closeAll(o.pidfd)
	}
	if s.wake >= 0 && !s.woken.CompareAndSwap(false, true) {
		awaitRead(s.wake)
	}
	closeAll(s.epoll, s.wake, s.null, s.adopted)
	s.procs, s.orphans, s.ending, s.ended = nil, nil, nil, nil
}

func awaitRead(fd int) {
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
		if n == 1 || err != unix.EINTR {
			return
		}
	}
}

func closeAll(fds ...int) {
	for _, fd := range fds {
		if fd >= 0 {
			unix.Close(fd)
		}
	}
}
