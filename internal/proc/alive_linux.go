package proc

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

// WhyAlive says why SIGKILL has not ended m, as far as can be seen.
func (m Member) WhyAlive() string {
	if errors.Is(unix.Kill(m.Pid, 0), unix.EPERM) {
		return "it belongs to " + ownerOf(m.Pid)
	}
	if st, ok := procfs.StatusOf(m.Pid); ok && st.State == 'D' {
		return "it hangs in the kernel (state D), and ends when what it waits for answers"
	}
	return "it is still alive"
}

func ownerOf(pid int) string {
	info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
	if err != nil {
		return "another user"
	}
	return fmt.Sprintf("user %d", info.Sys().(*syscall.Stat_t).Uid)
}

// hangUp takes the terminal away from a command of another user, which no signal
// of this program reaches: the kernel sends it SIGHUP.
func (s *Set) hangUp(p *process) {
	if p.spec.TTY && errors.Is(unix.Kill(-p.pid, 0), unix.EPERM) {
		s.receive(p)
		s.closePipe(p)
	}
}
