package rundir

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// status is what /proc/PID/stat says of a process, see proc_pid_stat(5).
type status struct {
	state  byte
	parent int
	start  uint64
}

// statusOf is empty for a process that does not exist.
func statusOf(pid int) status {
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	// Field 2 may hold spaces and brackets of its own.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 20 {
		return status{}
	}
	parent, _ := strconv.Atoi(string(fields[1]))
	start, _ := strconv.ParseUint(string(fields[19]), 10, 64)
	return status{state: fields[0][0], parent: parent, start: start}
}

func pidStart(pid int) uint64 { return statusOf(pid).start }

// alive says that the process runs, or is stopped, and is no other one with its
// number.
func alive(pid int, start uint64) bool {
	s := statusOf(pid)
	return s.start != 0 && s.start == start && s.state != 'Z' && s.state != 'X'
}

// canLook is false without a /proc, and with that of another PID namespace, which
// has other numbers.
func canLook() bool {
	self, _ := os.Readlink("/proc/self")
	return self == strconv.Itoa(os.Getpid())
}

// search finds the processes of runs by what their environment says. What forks
// meanwhile can hide from one look, so that only a second one that finds nothing
// counts.
func search(suspects []suspect) []Survivor {
	for range 2 {
		if found := searchOnce(suspects); len(found) > 0 {
			return found
		}
	}
	return nil
}

func searchOnce(suspects []suspect) []Survivor {
	byID := make(map[string][]suspect, len(suspects))
	for _, s := range suspects {
		byID[s.dir.ID] = append(byID[s.dir.ID], s)
	}
	self := forebears()
	var found []Survivor
	for _, pid := range processes() {
		if slices.Contains(self, pid) {
			continue
		}
		before := statusOf(pid)
		for _, s := range byID[runIn(pid)] {
			if before.start >= s.info.PidStart && alive(pid, before.start) && s.owns(pid) && s.isDirOf(pid) {
				found = append(found, Survivor{Run: s.dir, Pid: pid, Command: commandLine(pid), start: before.start, of: s})
			}
		}
	}
	return found
}

// forebears are this process and those above it, which a clean-up must spare
// even if they belong to a run.
func forebears() []int {
	var list []int
	for pid := os.Getpid(); pid > 0; pid = statusOf(pid).parent {
		list = append(list, pid)
	}
	return list
}

func processes() []int {
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

// variable is the value of a variable in the environment that a process was
// started with; "" for one that this user may not look at.
func variable(pid int, name string) string {
	environ, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	for entry := range bytes.SplitSeq(environ, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte(name+"=")); ok {
			return string(value)
		}
	}
	return ""
}

func runIn(pid int) string { return variable(pid, "WPRUN_RUN_ID") }

// isDirOf tells the run from one of another project with the same ID.
func (s suspect) isDirOf(pid int) bool {
	there, err := os.Stat(variable(pid, "WPRUN_RUN_DIR"))
	if err != nil {
		return false
	}
	here, err := os.Stat(s.dir.Path)
	return err == nil && os.SameFile(here, there)
}

// owns says that the process belongs to the user of the run; a run of root may
// have given its processes to anybody.
func (s suspect) owns(pid int) bool {
	owner, err := ownerOf("/proc/" + strconv.Itoa(pid))
	return err == nil && (owner == s.owner || s.owner == 0)
}

func commandLine(pid int) string {
	const shown = 60
	text, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline")
	words := strings.ToValidUTF8(string(bytes.TrimRight(bytes.ReplaceAll(text, []byte{0}, []byte{' '}), " ")), "?")
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, words)
	if runes := []rune(line); len(runes) > shown {
		line = string(runes[:shown-3]) + "..."
	}
	return line
}

func terminate(list []Survivor) {
	for _, s := range list {
		send(s, unix.SIGTERM, unix.SIGCONT)
	}
}

func kill(list []Survivor) {
	for _, s := range list {
		send(s, unix.SIGKILL)
	}
}

// send signals a process if it still is the one that was found. A kernel without
// pidfds leaves a moment in which its number could be given out anew.
func send(s Survivor, signals ...unix.Signal) {
	fd, err := unix.PidfdOpen(s.Pid, 0)
	if err == nil {
		defer unix.Close(fd)
	}
	if !alive(s.Pid, s.start) {
		return
	}
	for _, signal := range signals {
		if err == nil {
			_ = unix.PidfdSendSignal(fd, signal, nil, 0)
		} else {
			_ = unix.Kill(s.Pid, signal)
		}
	}
}
