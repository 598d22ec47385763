package rundir

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// identify looks at name in an open directory, or anywhere with atCwd, without
// following it.
func identify(dir int, name string) (identity, error) {
	var s unix.Statx_t
	err := unix.Statx(dir, name, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BASIC_STATS|unix.STATX_BTIME, &s)
	if err != nil {
		return identity{}, err
	}
	id := identity{Device: unix.Mkdev(s.Dev_major, s.Dev_minor), Inode: s.Ino, mode: uint32(s.Mode)}
	if s.Mask&unix.STATX_BTIME != 0 {
		id.Born = s.Btime.Sec*1e9 + int64(s.Btime.Nsec)
	}
	return id, nil
}
