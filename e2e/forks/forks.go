//go:build linux

// Package forks makes processes that nobody can follow by their numbers.
package forks

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// forker forks for ever, each time into a new session.
type forker struct {
	forks *uint64 // shared by all of them, as nobody can follow their numbers
	file  *byte   // in which they are kept; without it all end
	full  *byte   // a directory made when there can be no more, nil to exit after each fork
	nap   syscall.Timespec
}

// Hop leaves a process behind that every 300 us forks and exits, until file is
// removed or, on a machine with nothing else to do, lifetime is over. How often it
// has forked is in file, in 8 bytes.
func Hop(file string, lifetime time.Duration) error {
	return forkFrom(file, lifetime, forker{nap: syscall.NsecToTimespec(int64(300 * time.Microsecond))})
}

// Bomb is as Hop, with processes that fork every 2 ms and do not exit, as do all that
// come of them. When they may be no more, the directory FILE.full is made. It is an
// error if nothing would limit their number.
func Bomb(file string, lifetime time.Duration) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err != nil || os.Getuid() == 0 || limit.Cur > 1000 {
		return errors.New("cannot start a fork bomb: nothing would limit it")
	}
	full, err := syscall.BytePtrFromString(file + ".full")
	if err != nil {
		return err
	}
	return forkFrom(file, lifetime, forker{full: full, nap: syscall.NsecToTimespec(int64(2 * time.Millisecond))})
}

// forkFrom leaves f behind, which counts in a new file.
func forkFrom(file string, lifetime time.Duration, f forker) error {
	text, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return err
	}
	if err := text.Truncate(8); err != nil {
		return err
	}
	page, err := unix.Mmap(int(text.Fd()), 0, 8, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("cannot map %q: %w", file, err)
	}
	if f.file, err = syscall.BytePtrFromString(file); err != nil {
		return err
	}
	f.forks = (*uint64)(unsafe.Pointer(&page[0]))
	debug.SetGCPercent(-1)
	runtime.LockOSThread()
	return f.leave(int(lifetime.Nanoseconds() / f.nap.Nano()))
}

// leave forks the first one and returns. It does system calls and nothing else: a
// forked copy of a Go program has one thread and no working runtime.
//
//go:norace
//go:nosplit
func (f *forker) leave(most int) error {
	here := unix.AT_FDCWD
	pid, _, no := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if pid != 0 {
		if no != 0 {
			return no
		}
		return nil
	}
	for ; most > 0; most-- {
		*f.forks++
		if _, _, no := syscall.RawSyscall(unix.SYS_FACCESSAT, uintptr(here), uintptr(unsafe.Pointer(f.file)), 0); no != 0 {
			break
		}
		pid, _, no := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		switch {
		case no == 0 && pid == 0:
			syscall.RawSyscall(unix.SYS_SETSID, 0, 0, 0)
		case f.full == nil:
			most = 1
		case no != 0:
			syscall.RawSyscall(unix.SYS_MKDIRAT, uintptr(here), uintptr(unsafe.Pointer(f.full)), 0o777)
		}
		syscall.RawSyscall(unix.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&f.nap)), 0, 0)
	}
	syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
	return nil
}
