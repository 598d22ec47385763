package watchpoint

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// kindAt looks at a path without following a symbolic link at its end. It
// reports false for a path that does not exist.
func kindAt(path string) (kind fs.FileMode, exists bool, err error) {
	info, err := os.Lstat(path)
	if isAbsent(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, err
	}
	return info.Mode().Type(), true, nil
}

// isAbsent tells a path that does not exist from one that cannot be looked at.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// kindName is the word for what stands where a directory is expected.
func kindName(kind fs.FileMode) string {
	switch kind {
	case 0:
		return "a regular file"
	case fs.ModeDir:
		return "a directory"
	case fs.ModeSymlink:
		return "a symbolic link"
	case fs.ModeNamedPipe:
		return "a named pipe"
	case fs.ModeSocket:
		return "a socket"
	default:
		return "a device"
	}
}
