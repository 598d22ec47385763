//go:build unix && !linux

package rundir

import "golang.org/x/sys/unix"

func bootID() string { return "" }

// identify looks at name in an open directory, or anywhere with atCwd, without
// following it.
func identify(dir int, name string) (identity, error) {
	var s unix.Stat_t
	if err := unix.Fstatat(dir, name, &s, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return identity{}, err
	}
	return identity{Device: uint64(s.Dev), Inode: s.Ino, mode: uint32(s.Mode)}, nil
}
