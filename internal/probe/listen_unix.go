//go:build unix && !linux

package probe

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

func controlSize() int { return unix.CmsgSpace(4 * maxRights) }

// askCredentials: no kernel but Linux says who sent a datagram; that only this
// user may enter the directory has to do.
func askCredentials(*net.UnixConn) error { return nil }

// takeControl closes the file descriptors that came with a datagram.
func takeControl(control []byte) (uid int, known bool) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0, false
	}
	for _, m := range messages {
		closeFiles(&m)
	}
	return os.Geteuid(), true
}
