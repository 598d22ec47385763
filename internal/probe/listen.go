package probe

import "errors"

// Listener receives what one attempt of a service sends as sd_notify(3) does. It
// is made before the command starts; its Path is the command's NOTIFY_SOCKET.
type Listener struct {
	path     string
	messages chan string
}

// Listen makes the socket in dir, or in a directory of its own where dir is too
// deep for a socket.
func Listen(dir string) (*Listener, error) {
	return nil, errors.New("cannot listen for notifications: not supported yet")
}

// Path is absolute.
func (l *Listener) Path() string { return l.path }

// Messages brings the datagrams in the order they were sent; it is never closed.
func (l *Listener) Messages() <-chan string { return l.messages }

// Close removes the socket. Nothing is received from then on.
func (l *Listener) Close() {}
