// Package spot finds where a path can be watched that need not exist yet.
package spot

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Identity tells files and directories apart whatever their paths.
type Identity struct {
	Device, Inode uint64
}

// IdentityOf is the zero value where the system does not tell.
func IdentityOf(info os.FileInfo) Identity {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return Identity{Device: uint64(st.Dev), Inode: st.Ino}
	}
	return Identity{}
}

// Spot is where a path can be watched: there or, as long as there is no such
// directory, in the nearest one above it that exists.
type Spot struct {
	Dir string
	ID  Identity
	// Next is the entry of Dir that leads to the path; "" if Dir is the path.
	Next string
}

// Locate finds the spot of a path, following symbolic links as any use of the
// path would.
func Locate(path string) (Spot, error) {
	next := ""
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			return Spot{Dir: dir, ID: IdentityOf(info), Next: next}, nil
		}
		if dir == filepath.Dir(dir) {
			return Spot{}, fmt.Errorf("cannot find a directory above %q: %w", path, err)
		}
		next = filepath.Base(dir)
	}
}
