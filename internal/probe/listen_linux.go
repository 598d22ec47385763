package probe

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

func controlSize() int { return unix.CmsgSpace(unix.SizeofUcred) + unix.CmsgSpace(4*maxRights) }

// askCredentials has the kernel say with each datagram who sent it.
func askCredentials(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_PASSCRED, 1)
	})
	return errors.Join(err, failed)
}

// takeControl returns the user who sent a datagram and closes the file
// descriptors that came with it: that is all that BARRIER=1 wants, and nothing
// else is asked for here.
func takeControl(control []byte) (uid int, known bool) {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return 0, false
	}
	for _, m := range messages {
		closeFiles(&m)
		if sender, err := unix.ParseUnixCredentials(&m); err == nil {
			uid, known = int(sender.Uid), true
		}
	}
	return uid, known
}
