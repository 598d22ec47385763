package guard

import (
	"bufio"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// link is one end of the sockets between front and supervisor.
type link struct {
	end  *os.File
	from *bufio.Reader
}

// newLink takes the descriptor, which stays closed to commands.
func newLink(fd int) *link {
	unix.CloseOnExec(fd)
	_ = unix.SetNonblock(fd, true) // else a read would hold a thread
	end := os.NewFile(uintptr(fd), "guard")
	return &link{end, bufio.NewReader(end)}
}

// pair makes both ends: a link, and a descriptor for the other process.
func pair() (*link, int, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, -1, fmt.Errorf("cannot make a pair of sockets: %w", err)
	}
	unix.CloseOnExec(fds[1])
	return newLink(fds[0]), fds[1], nil
}

// send can be called from any goroutine. That the other end is closed is
// noticed by receive. It does not block: all that could ever wait fits in.
func (l *link) send(m message) { _, _ = l.end.WriteString(m.String() + "\n") }

// listen hands over what the other end tells, and closes told at its end.
func (l *link) listen(told chan<- message) {
	defer close(told)
	for {
		m, err := l.receive()
		if err != nil {
			return
		}
		told <- m
	}
}

// receive waits for a message. An error says that no more will come.
func (l *link) receive() (message, error) {
	line, err := l.from.ReadString('\n')
	if err != nil {
		return message{}, err
	}
	return parse(line)
}
