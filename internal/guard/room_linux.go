package guard

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

// needed is how many processes and threads a run takes beside those that the front
// has already: the rest of the front, the supervisor, and a few commands.
const needed = 26

// neededFiles is how many files a supervisor has open that runs one command, and
// some more.
const neededFiles = 36

// room says whether this process may have so many open files, and its user that
// many more processes. The Go runtime ends a program that cannot start a thread or
// wait for a file, and nothing in that program can help it. A limit of the
// container is not looked at.
func room() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err == nil && limit.Cur < neededFiles {
		return fmt.Errorf("cannot start: a process may have %d files open here, and wprun needs %d; raise the limit (ulimit -n)",
			limit.Cur, neededFiles)
	}
	if err := unix.Getrlimit(unix.RLIMIT_NPROC, &limit); err != nil || unlimited() {
		return nil
	}
	if all, ok := threadsOfAll(); ok && all+needed <= limit.Cur {
		return nil
	}
	used := threadsOf(strconv.Itoa(os.Getuid()))
	if used+needed <= limit.Cur {
		return nil
	}
	return fmt.Errorf("cannot start: this user may have %d processes and threads, and has %d; wprun needs %d more; end some, or raise the limit (ulimit -u)",
		limit.Cur, used, needed)
}

// unlimited says that the kernel does not hold this process to the limit
// (RLIMIT_NPROC in getrlimit(2)).
func unlimited() bool {
	const powers = 1<<unix.CAP_SYS_RESOURCE | 1<<unix.CAP_SYS_ADMIN
	var data [2]unix.CapUserData
	err := unix.Capget(&unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}, &data[0])
	return os.Getuid() == 0 || err == nil && data[0].Effective&powers != 0
}

// threadsOfAll returns how many threads all users have: the fourth field of
// /proc/loadavg, as in 2/161 (proc_loadavg(5)). It saves a look at each process.
func threadsOfAll() (n uint64, ok bool) {
	text, _ := os.ReadFile("/proc/loadavg")
	fields := bytes.Fields(text)
	if len(fields) < 4 {
		return 0, false
	}
	_, total, _ := bytes.Cut(fields[3], []byte("/"))
	n, err := strconv.ParseUint(string(total), 10, 64)
	return n, err == nil
}

// threadsOf counts the threads of the processes that belong to a user.
func threadsOf(uid string) (n uint64) {
	for _, pid := range procfs.Pids() {
		status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if field(status, "Uid:") != uid { // the first of four: the real one
			continue
		}
		threads, _ := strconv.ParseUint(field(status, "Threads:"), 10, 64)
		n += threads
	}
	return n
}

// field returns the first word behind a name in proc_pid_status(5).
func field(status []byte, name string) string {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	words := bytes.Fields(line)
	if len(words) == 0 {
		return ""
	}
	return string(words[0])
}
