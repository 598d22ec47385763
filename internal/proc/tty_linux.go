package proc

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// openTerminal makes the pseudo terminal of p. As the other end is kept open too, a
// command may close its terminal and open it again, and what it has written can be
// read to the last byte after its end.
func (s *Set) openTerminal(p *process) (err error) {
	const flags = unix.O_RDWR | unix.O_NOCTTY | unix.O_CLOEXEC
	if p.pipe, err = unix.Open("/dev/ptmx", flags|unix.O_NONBLOCK, 0); err != nil {
		p.pipe = -1
		return fmt.Errorf("open a terminal: %w", err)
	}
	if p.writeEnd, err = openSlave(p.pipe, flags); err != nil {
		s.closePipe(p)
		return fmt.Errorf("open a terminal: %w", err)
	}
	endLinesPlainly(p.writeEnd)
	return unix.IoctlSetWinsize(p.pipe, unix.TIOCSWINSZ, &s.size)
}

// openSlave opens the other end of a terminal, in a mount namespace without
// /dev/pts too (Linux 4.13).
func openSlave(master, flags int) (int, error) {
	if err := unix.IoctlSetPointerInt(master, unix.TIOCSPTLCK, 0); err != nil {
		return -1, err
	}
	fd, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(master), unix.TIOCGPTPEER, uintptr(flags))
	if errno == 0 {
		return int(fd), nil
	}
	number, err := unix.IoctlGetInt(master, unix.TIOCGPTN)
	if err != nil {
		return -1, err
	}
	return unix.Open(fmt.Sprintf("/dev/pts/%d", number), flags, 0)
}

// endLinesPlainly has lines end in "\n" as they do in a pipe, not in "\r\n". A
// command may change that.
func endLinesPlainly(slave int) {
	if mode, err := unix.IoctlGetTermios(slave, unix.TCGETS); err == nil {
		mode.Oflag &^= unix.ONLCR
		_ = unix.IoctlSetTermios(slave, unix.TCSETS, mode)
	}
}

// Resize sets the size of all terminals, those of later commands too. Before,
// they have 24 rows and 80 columns.
func (s *Set) Resize(rows, cols uint16) {
	s.size = unix.Winsize{Row: rows, Col: cols}
	for _, p := range s.procs {
		if p.spec.TTY && p.pipe >= 0 {
			_ = unix.IoctlSetWinsize(p.pipe, unix.TIOCSWINSZ, &s.size)
		}
	}
}
