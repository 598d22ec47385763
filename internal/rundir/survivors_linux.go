package rundir

import (
	"bytes"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

func pidStart(pid int) uint64 {
	s, _ := procfs.StatusOf(pid)
	return s.Start
}

// alive says that the process runs, or is stopped, and is no other one with its
// number.
func alive(pid int, start uint64) bool {
	s, ok := procfs.StatusOf(pid)
	return ok && s.Start != 0 && s.Start == start && !s.Dead()
}

// canLook says that processes of other runs can be seen.
func canLook() bool { return procfs.Usable() }

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
	for _, pid := range procfs.Pids() {
		if slices.Contains(self, pid) {
			continue
		}
		start := pidStart(pid)
		for _, s := range byID[runIn(pid)] {
			if start >= s.info.PidStart && alive(pid, start) && s.owns(pid) && s.isDirOf(pid) {
				found = append(found, Survivor{Run: s.dir, Pid: pid, Command: procfs.Command(pid), start: start, of: s})
			}
		}
	}
	return found
}

// forebears are this process and those above it, which a clean-up must spare
// even if they belong to a run.
func forebears() []int {
	var list []int
	for pid := os.Getpid(); pid > 0; {
		list = append(list, pid)
		s, _ := procfs.StatusOf(pid)
		pid = s.Parent
	}
	return list
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
