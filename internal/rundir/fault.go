package rundir

import (
	"errors"
	"fmt"
	"syscall"
)

// cannot says what failed, on what, and what to do; nil for a nil err.
func cannot(what, path string, err error) error {
	if err == nil {
		return nil
	}
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return fmt.Errorf("cannot %s %q: %w", what, path, err)
	}
	if do := remedy(errno); do != "" {
		return fmt.Errorf("cannot %s %q: %w; %s", what, path, errno, do)
	}
	return fmt.Errorf("cannot %s %q: %w", what, path, errno)
}

func remedy(errno syscall.Errno) string {
	switch errno {
	case syscall.EACCES, syscall.EPERM:
		return "give this user the right to it, or work in a copy of the project"
	case syscall.EROFS:
		return "work in a copy of the project where you may write"
	case syscall.ENOSPC, syscall.EDQUOT:
		return "free some space there; the logs of old runs are in .wprun/runs"
	case syscall.ENOTDIR:
		return "a file is where a directory should be; move it away"
	case syscall.EMFILE, syscall.ENFILE:
		return "raise the limit of open files (ulimit -n)"
	}
	return ""
}

// taken reports that a rename found a directory in its place.
func taken(err error) bool {
	return errors.Is(err, syscall.EEXIST) || errors.Is(err, syscall.ENOTEMPTY)
}

func noSymlinks(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOTSUP) || errors.Is(err, syscall.ENOSYS)
}
