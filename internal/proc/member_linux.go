package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

// member is a process found by a walk, and the parent it was found under.
type member struct{ pid, parent int }

// signal sends signals to m if it still is the process that was found.
func (m member) signal(signals []syscall.Signal) {
	if m.parent == os.Getpid() {
		// Nobody else reaps it, so the number cannot be another's.
		for _, sig := range signals {
			_ = unix.Kill(m.pid, sig)
		}
		return
	}
	send := func(sig syscall.Signal) { _ = unix.Kill(m.pid, sig) }
	// No pidfd to be had: the number has to do.
	if fd, err := unix.PidfdOpen(m.pid, 0); err == nil {
		defer unix.Close(fd)
		send = func(sig syscall.Signal) { _ = unix.PidfdSendSignal(fd, sig, nil, 0) }
	}
	// The number may have been given to another process since the walk. Still
	// below the same parent, or adopted by this program, it has not.
	if status, ok := procfs.StatusOf(m.pid); !ok || status.Parent != m.parent && status.Parent != os.Getpid() {
		return
	}
	for _, sig := range signals {
		send(sig)
	}
}

// commandOf is the command line of pid, as procfs tells it.
func (v sight) commandOf(pid int) string {
	if v == blind {
		return "unknown"
	}
	return procfs.Command(pid)
}

// withMemory returns the directory of a thread of pid that has not yet given up
// its memory, which is an early step of an exit (proc_pid_statm(5)); "" if none
// is left. The first thread may have ended long before the others.
func withMemory(pid int) string {
	dir := fmt.Sprintf("/proc/%d", pid)
	if hasMemory(dir) {
		return dir
	}
	threads, _ := filepath.Glob(dir + "/task/*")
	for _, thread := range threads {
		if hasMemory(thread) {
			return thread
		}
	}
	return ""
}

func hasMemory(dir string) bool {
	text, err := os.ReadFile(dir + "/statm")
	return err == nil && !bytes.HasPrefix(text, []byte("0 "))
}

// living says whether pid has not exited. Blind, it takes every child for alive.
func (v sight) living(pid int) bool {
	if v == blind {
		return true
	}
	st, ok := procfs.StatusOf(pid)
	return ok && (!st.Dead() || withMemory(pid) != "")
}
