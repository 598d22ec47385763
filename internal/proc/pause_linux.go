package proc

import (
	"golang.org/x/sys/unix"
)

// pauseRounds bounds the chase after what is forked while it is being stopped.
const pauseRounds = 20

// Pause stops every process of every command (SIGSTOP). A command that has been
// asked to end is stopped too; Kill ends what is stopped.
func (s *Set) Pause() {
	for _, p := range s.procs {
		stopped := map[int]bool{}
		for range pauseRounds {
			before := len(stopped)
			for _, m := range s.signalTree(p, unix.SIGSTOP) {
				stopped[m.pid] = true
			}
			if len(stopped) == before {
				break
			}
		}
	}
	s.signalStrays(unix.SIGSTOP)
}

// Resume continues what Pause has stopped (SIGCONT).
func (s *Set) Resume() {
	s.signalStrays(unix.SIGCONT)
	for _, p := range s.procs {
		s.signalTree(p, unix.SIGCONT)
	}
}

// signalStrays signals the orphans of which nobody knows the command.
func (s *Set) signalStrays(sig unix.Signal) {
	for _, o := range s.orphans {
		if o.owner == nil {
			_ = unix.Kill(o.pid, sig)
		}
	}
}
