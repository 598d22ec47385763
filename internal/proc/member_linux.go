package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"unicode"

	"golang.org/x/sys/unix"
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
	if status, ok := statusOf(m.pid); !ok || status.parent != m.parent && status.parent != os.Getpid() {
		return
	}
	for _, sig := range signals {
		send(sig)
	}
}

// commandMax is how many characters of a command line are told.
const commandMax = 60

// commandOf returns the command line of pid, cut and harmless to a terminal, or its
// name in brackets.
func (v sight) commandOf(pid int) string {
	if v == blind {
		return "unknown"
	}
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if text := printable(bytes.TrimRight(line, "\x00")); len(text) > commandMax {
		return string(text[:commandMax-3]) + "..."
	} else if len(text) > 0 {
		return string(text)
	}
	name, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return "[" + string(printable(bytes.TrimSpace(name))) + "]"
}

// printable replaces what could do more to a terminal than print.
func printable(text []byte) []rune {
	runes := bytes.Runes(text)
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = ' '
		}
	}
	return runes
}

// status is the part of proc_pid_stat(5) that is needed here.
type status struct {
	state  byte
	parent int
}

func statusOf(pid int) (s status, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, false
	}
	// The name before it may hold anything, a parenthesis too.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return s, false
	}
	s.state = fields[0][0]
	s.parent, err = strconv.Atoi(string(fields[1]))
	return s, err == nil
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
	st, ok := statusOf(pid)
	return ok && (st.state != 'Z' && st.state != 'X' || withMemory(pid) != "")
}
