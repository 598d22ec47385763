package watchpoint

import (
	"errors"
	"slices"
	"syscall"
)

// passing are the causes that can go away while one waits: a disk that becomes
// full or a server that does not answer, a base that is just being replaced, a
// limit of the machine, a directory that exists and is not seen yet (a file
// system on several servers).
var passing = []syscall.Errno{
	syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EAGAIN, syscall.EINTR, syscall.EBUSY, syscall.ENOENT,
	syscall.ESTALE, syscall.ETIMEDOUT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.EEXIST,
}

// Passing says that what Create or Remove failed of may pass by itself, so that
// it is worth to try again.
func Passing(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && slices.Contains(passing, errno)
}
