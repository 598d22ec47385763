//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// hopEvery is how long a hopper stays one process.
const hopEvery = 300 * time.Microsecond

// hop forks into a new session and exits, again and again, until the file halt
// exists or the lifetime is over. It counts its hops in a file that it maps, as
// nobody can follow its process numbers.
func hop(counter, halt string) error {
	f, err := os.OpenFile(counter, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return err
	}
	if err := f.Truncate(8); err != nil {
		return err
	}
	page, err := unix.Mmap(int(f.Fd()), 0, 8, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("cannot map %q: %w", counter, err)
	}
	path, err := syscall.BytePtrFromString(halt)
	if err != nil {
		return err
	}
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	hops := (*uint64)(unsafe.Pointer(&page[0]))
	hopping(hops, path, int(lifetime/hopEvery))
	return nil
}

// hopping does system calls and nothing else: a forked copy of a Go program has
// one thread and no working runtime.
//
//go:norace
//go:nosplit
func hopping(hops *uint64, halt *byte, left int) {
	nap := syscall.Timespec{Nsec: int64(hopEvery)}
	here := unix.AT_FDCWD
	for ; left > 0; left-- {
		*hops++
		if _, _, no := syscall.RawSyscall(unix.SYS_FACCESSAT, uintptr(here), uintptr(unsafe.Pointer(halt)), 0); no == 0 {
			break
		}
		pid, _, no := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		if no == 0 && pid != 0 {
			break
		}
		if no == 0 {
			syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
		}
		syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&nap)), 0, 0)
	}
	syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
}
