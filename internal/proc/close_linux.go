package proc

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Close ends every process below this one, whatever its session and whoever
// started it, and frees the Set. It takes at most limit, and returns the
// processes that are still alive then. What ends here is not reported, and its
// output is dropped. Nobody else may be waiting for a child meanwhile.
func (s *Set) Close(limit time.Duration) (left []int) {
	defer s.free()
	for _, p := range s.procs {
		_ = unix.Kill(-p.pid, unix.SIGKILL)
	}
	deadline := time.Now().Add(limit)
	for pause := 200 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		below := walk([]member{{pid: os.Getpid()}})[1:]
		for _, m := range below {
			m.signal([]syscall.Signal{unix.SIGKILL})
		}
		if reapAll() {
			return nil
		}
		if time.Now().After(deadline) {
			return alive(below)
		}
		time.Sleep(pause)
	}
}

// reapAll reaps every dead child and reports whether there is none left, which
// for a parent of orphans means no descendant.
func reapAll() bool {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return true
		case pid == 0:
			return false
		}
	}
}

func alive(members []member) (pids []int) {
	for _, m := range members {
		if st, ok := statusOf(m.pid); ok && st.state != 'Z' {
			pids = append(pids, m.pid)
		}
	}
	return pids
}

// free closes all descriptors. A Wake in another goroutine may be between its
// flag and its write: the eventfd is closed after that write only.
func (s *Set) free() {
	for _, p := range s.procs {
		s.closePipe(p)
		unix.Close(p.pidfd)
	}
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
