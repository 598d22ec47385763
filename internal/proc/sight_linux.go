package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

// sight is how descendants are found: the ways from the best to the worst.
type sight int

const (
	byList sight = iota // the kernel's lists of children
	byScan              // the parents of all processes
	blind               // without /proc: the own children only, by trial
)

func lookForProc() sight {
	if !procfs.Usable() {
		return blind
	}
	if _, err := os.Stat(adoptedList()); err == nil {
		return byList
	}
	if _, ok := procfs.StatusOf(os.Getpid()); ok {
		return byScan
	}
	return blind
}

// below returns the members and all their descendants, parents first. Blind, it
// knows of none.
func (v sight) below(members []member) []member {
	of := children
	switch v {
	case byScan:
		families := scanFamilies()
		of = func(pid int) []int { return families[pid] }
	case blind:
		return members
	}
	for i := 0; i < len(members); i++ {
		parent := members[i].pid
		for _, pid := range of(parent) {
			members = append(members, member{pid, parent})
		}
	}
	return members
}

// own returns what is below this program. Blind, it is some of the children alone,
// and takes up to a second; when they have ended, the others and theirs are found.
func (v sight) own() []member {
	self := os.Getpid()
	if v != blind {
		return v.below([]member{{pid: self}})[1:]
	}
	var members []member
	for pid := 2; pid < pidMax; pid++ {
		if isChild(pid) {
			members = append(members, member{pid, self})
		}
		if len(members) > 0 && pid%pidBlock == 0 {
			break
		}
	}
	return members
}

// pidMax is above every process number (PID_MAX_LIMIT).
const pidMax = 4 << 20

// pidBlock is how many numbers are tried before what was found is ended.
const pidBlock = 32 << 10

// isChild asks the one call that tells without /proc. A zombie is one too.
func isChild(pid int) bool {
	err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return !errors.Is(err, unix.ECHILD)
}

// children lists the children of all threads of pid.
func children(pid int) []int {
	var all []int
	for _, list := range childLists(pid) {
		fd, err := unix.Open(list, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			continue
		}
		all = append(all, readChildren(fd)...)
		unix.Close(fd)
	}
	return all
}

// oneThread is how many links /proc/PID/task has where there is one thread: two of
// a directory, and one for each thread.
const oneThread = 3

// childLists returns the lists of the children of each thread. Nearly all programs
// have one, whose list is known without a look around.
func childLists(pid int) []string {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	var st unix.Stat_t
	if err := unix.Stat(dir, &st); err == nil && st.Nlink == oneThread {
		return []string{fmt.Sprintf("%s/%d/children", dir, pid)}
	}
	lists, _ := filepath.Glob(dir + "/*/children")
	return lists
}

// readChildren reads an open list of children from its beginning.
func readChildren(fd int) []int {
	var (
		text []byte
		buf  [4096]byte
	)
	for {
		n, err := unix.Pread(fd, buf[:], int64(len(text)))
		if err == unix.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			break
		}
		text = append(text, buf[:n]...)
	}
	var pids []int
	for _, field := range bytes.Fields(text) {
		if pid, err := strconv.Atoi(string(field)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// scanFamilies returns the children of all processes.
func scanFamilies() map[int][]int {
	families := map[int][]int{}
	for _, pid := range procfs.Pids() {
		if st, ok := procfs.StatusOf(pid); ok {
			families[st.Parent] = append(families[st.Parent], pid)
		}
	}
	return families
}
