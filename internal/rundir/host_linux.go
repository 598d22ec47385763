package rundir

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

func bootID() string {
	id, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(id))
}

// pidStart is field 22 of /proc/PID/stat, see proc_pid_stat(5). Field 2 may
// hold spaces and brackets of its own.
func pidStart(pid int) uint64 {
	stat, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return 0
	}
	start, _ := strconv.ParseUint(fields[19], 10, 64)
	return start
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
