package watchpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// finding is what stands at a path.
type finding struct {
	exists bool
	kind   fs.FileMode
	// stranger says that the base takes entries from anybody, and that this one
	// is of owner, who is neither this user nor root.
	stranger bool
	owner    uint32
}

// signals says that it is a watchpoint: a directory, by somebody who may signal.
func (f finding) signals() bool { return f.exists && f.kind == fs.ModeDir && !f.stranger }

// fault says why what is there is no watchpoint.
func (f finding) fault() string {
	if f.kind == fs.ModeDir {
		return fmt.Sprintf("user %d made it, and where anybody can make directories only those of this user and of root count", f.owner)
	}
	return fmt.Sprintf("it is %s, not a directory; move it elsewhere", kindName(f.kind))
}

// look finds out what is at a path, without following a symbolic link at its
// end.
func look(path string) (finding, error) {
	info, err := os.Lstat(path)
	if isAbsent(err) {
		return finding{}, nil
	}
	if err != nil {
		return finding{}, err
	}
	f := finding{exists: true, kind: info.Mode().Type()}
	st, ok := info.Sys().(*syscall.Stat_t)
	if ok && st.Uid != 0 && int(st.Uid) != os.Geteuid() {
		f.owner, f.stranger = st.Uid, isOpen(filepath.Dir(path))
	}
	return f, nil
}

// isOpen says that anybody can make entries in a directory.
func isOpen(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Mode()&0o002 != 0
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
