package probe

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// maxDatagram is that of systemd: PIPE_BUF.
	maxDatagram = 4096
	// maxRights is how many file descriptors may come with one datagram; see
	// unix(7).
	maxRights = 253
	// backlog is how many datagrams wait for a reader, and slack how long a full
	// one holds up the service before nobody is taken to read.
	backlog = 64
	slack   = time.Second
)

// Listener receives what one attempt of a service sends as sd_notify(3) does. It
// is made before the command starts; its Path is the command's NOTIFY_SOCKET.
// Any process of the same user, and of root, may send: a child of the service as
// well as the service itself.
type Listener struct {
	conn     *net.UnixConn
	path     string
	own      string // a directory that was made for the socket, or ""
	messages chan string
	unread   bool
	closing  chan struct{}
	done     chan struct{}
	once     sync.Once
}

// Listen makes the socket in dir, which only this user may enter. Where that
// cannot be, because dir is too deep for the address of a socket or its file
// system has none, it is in a new directory below XDG_RUNTIME_DIR, TMPDIR or
// /tmp, which Close removes.
func Listen(dir string) (*Listener, error) {
	l := &Listener{
		messages: make(chan string, backlog),
		closing:  make(chan struct{}),
		done:     make(chan struct{}),
	}
	err := l.bind(dir)
	for _, other := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if l.conn == nil && filepath.IsAbs(other) {
			err = cmp.Or(l.bindBelow(other), err)
		}
	}
	if l.conn == nil {
		return nil, fmt.Errorf("cannot make a socket for the messages of a service: %w; set TMPDIR to a directory with a short name", err)
	}
	go l.receive()
	return l, nil
}

func (l *Listener) bindBelow(dir string) error {
	own, err := os.MkdirTemp(dir, "wprun-")
	if err != nil {
		return err
	}
	if err := l.bind(own); err != nil {
		return errors.Join(err, os.Remove(own))
	}
	l.own = own
	return nil
}

func (l *Listener) bind(dir string) error {
	path := filepath.Join(dir, "notify-"+rand.Text()[:8])
	if most := len(syscall.RawSockaddrUnix{}.Path) - 1; len(path) > most {
		return fmt.Errorf("%q is longer than %d bytes", path, most)
	}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("%q: %w", path, innermost(err))
	}
	if err := askCredentials(conn); err != nil {
		return errors.Join(fmt.Errorf("%q: %w", path, innermost(err)), conn.Close(), os.Remove(path))
	}
	l.conn, l.path = conn, path
	return nil
}

// Path is absolute.
func (l *Listener) Path() string { return l.path }

// Messages brings the datagrams in the order in which they came; it is never
// closed.
func (l *Listener) Messages() <-chan string { return l.messages }

// Close removes the socket. Nothing is received from then on.
func (l *Listener) Close() {
	l.once.Do(func() {
		close(l.closing)
		_ = l.conn.Close()
		<-l.done
		// Whoever removed them before has done no harm.
		_ = os.Remove(l.path)
		if l.own != "" {
			_ = os.Remove(l.own)
		}
	})
}

func (l *Listener) receive() {
	defer close(l.done)
	data := make([]byte, maxDatagram)
	control := make([]byte, controlSize())
	for {
		n, nc, flags, _, err := l.conn.ReadMsgUnix(data, control)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // no memory, say; the service will tell again or be late
			l.rest()
			continue
		}
		sender, known := takeControl(control[:nc])
		// What is longer than systemd takes is not taken here either.
		if known && trusted(sender) && n > 0 && flags&syscall.MSG_TRUNC == 0 {
			l.deliver(string(data[:n]))
		}
	}
}

func closeFiles(m *unix.SocketControlMessage) {
	rights, err := unix.ParseUnixRights(m)
	if err != nil {
		return // it brings none
	}
	for _, fd := range rights {
		_ = unix.Close(fd)
	}
}

func (l *Listener) rest() {
	select {
	case <-l.closing:
	case <-time.After(100 * time.Millisecond):
	}
}

func trusted(uid int) bool { return uid == 0 || uid == os.Geteuid() }

// deliver never holds up a service for long: one that says what it does while it
// ends may have no reader any more.
func (l *Listener) deliver(message string) {
	select {
	case l.messages <- message:
		l.unread = false
		return
	default:
	}
	if l.unread {
		return
	}
	select {
	case l.messages <- message:
	case <-l.closing:
	case <-time.After(slack):
		l.unread = true
	}
}
