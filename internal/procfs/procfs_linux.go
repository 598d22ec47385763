package procfs

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"unicode"
)

// Usable is false without a /proc, and with that of another PID namespace, which
// has other numbers (pid_namespaces(7)).
func Usable() bool {
	self, _ := os.Readlink("/proc/self")
	return self == strconv.Itoa(os.Getpid())
}

// Pids lists the processes that this user may see; none where there is no /proc.
func Pids() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// Status is the part of proc_pid_stat(5) that is needed here.
type Status struct {
	State  byte
	Parent int
	// Start is when the process started, in clock ticks since the boot; 0 where
	// that is not told.
	Start uint64
}

// StatusOf returns false for a process that does not exist.
func StatusOf(pid int) (s Status, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return s, false
	}
	// The name before it may hold anything, a parenthesis too.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 2 {
		return s, false
	}
	s.State = fields[0][0]
	s.Parent, err = strconv.Atoi(string(fields[1]))
	if len(fields) >= 20 {
		s.Start, _ = strconv.ParseUint(string(fields[19]), 10, 64)
	}
	return s, err == nil
}

// Dead says that the process has exited, though perhaps not with all its threads.
func (s Status) Dead() bool { return s.State == 'Z' || s.State == 'X' }

// commandMax is how many characters of a command line are told.
const commandMax = 60

// Command returns the command line of a process, cut and harmless to a terminal,
// or its name in brackets where it has none; "" for no process.
func Command(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if text := printable(bytes.TrimRight(line, "\x00")); len(text) > commandMax {
		return string(text[:commandMax-3]) + "..."
	} else if len(text) > 0 {
		return string(text)
	}
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		return ""
	}
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
