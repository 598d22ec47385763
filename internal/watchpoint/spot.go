package watchpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// identity tells directories apart whatever their paths.
type identity struct {
	device, inode uint64
}

// spot is where a base can be watched: the base itself or, as long as it does
// not exist, the nearest directory above it that does.
type spot struct {
	dir string
	id  identity
	// next is the entry of dir that leads to the base; "" if dir is the base.
	next string
}

// locate finds the spot of a path, following symbolic links as any use of the
// path would.
func locate(path string) (spot, error) {
	next := ""
	for dir := path; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && info.IsDir() {
			return spot{dir: dir, id: identityOf(info), next: next}, nil
		}
		if dir == filepath.Dir(dir) {
			return spot{}, fmt.Errorf("cannot find a directory above %q: %w", path, err)
		}
		next = filepath.Base(dir)
	}
}

func identityOf(info os.FileInfo) identity {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return identity{device: uint64(st.Dev), inode: st.Ino}
	}
	return identity{}
}
