package main

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// monotonic is CLOCK_MONOTONIC in nanoseconds, the same clock in every process
// of the machine; 0 if it cannot be read.
func monotonic() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0
	}
	return t.Nano()
}

// cpuOf is the CPU time that all threads of a process have used, to the
// nanosecond; the times in /proc are whole hundredths of a second.
func cpuOf(pid int) (time.Duration, error) {
	// clock_getcpuclockid(3): the inverted pid above three bits, 2 for all of what the scheduler has counted.
	clock := int32(^pid)<<3 | 2
	var t unix.Timespec
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0, fmt.Errorf("cannot read the CPU time of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// fileSystem names the file system of a folder.
func fileSystem(dir string) string {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return "unknown"
	}
	// The field is a signed number of 32 or 64 bits; the types have 32.
	switch kind := uint32(st.Type); kind {
	case unix.EXT4_SUPER_MAGIC:
		return "ext4" // or ext2, ext3
	case unix.XFS_SUPER_MAGIC:
		return "xfs"
	case unix.BTRFS_SUPER_MAGIC:
		return "btrfs"
	case unix.TMPFS_MAGIC:
		return "tmpfs"
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "overlayfs"
	case unix.NFS_SUPER_MAGIC:
		return "NFS"
	default:
		return fmt.Sprintf("of statfs type %#x", kind)
	}
}
