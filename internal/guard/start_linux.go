package guard

import (
	"errors"
	"fmt"
	"math"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"wprun/internal/proc"
)

// Possible says that this system can do what a front needs.
const Possible = true

// self is this program, even if its file was replaced since.
const self = "/proc/self/exe"

// program returns the path to start this program again by.
func program() (string, error) {
	if unix.Access(self, unix.X_OK) == nil {
		return self, nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", &AloneError{errors.New("the system does not tell which file its program is")}
	}
	return path, nil
}

// adopt makes this process the parent of what the supervisor leaves behind.
func adopt() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become the parent of orphans: %w", err)
	}
	return nil
}

// launch starts the supervisor in a process group of its own: what is sent to
// the front's is not for it. Where this program may divide its control group,
// the supervisor and all that it starts are in one of their own.
func launch(path string, args []string, files []uintptr) (pid int, group *proc.Cgroup, err error) {
	attr := &syscall.ProcAttr{Env: os.Environ(), Files: files, Sys: &syscall.SysProcAttr{Setpgid: true}}
	argv := append([]string{Name}, args...)
	if group, err := proc.Delegated(fmt.Sprintf("wprun-%d", os.Getpid())); err == nil {
		attr.Sys.UseCgroupFD, attr.Sys.CgroupFD = true, group.FD()
		if pid, err = syscall.ForkExec(path, argv, attr); err == nil {
			return pid, group, nil
		}
		_ = group.Remove()
		attr.Sys.UseCgroupFD = false
	}
	if pid, err = syscall.ForkExec(path, argv, attr); err != nil {
		return 0, nil, fmt.Errorf("cannot start the supervisor: %w%s", err, remedy(err))
	}
	return pid, nil, nil
}

// softFiles is the soft limit of open files that this program was started with. The
// runtime has raised its own since, and keeps the old one for what it starts; so
// the supervisor has it, until its runtime raises that too, to one below the hard
// limit: nothing is known if that was quicker.
func softFiles(supervisor int) (n int, known bool) {
	var limit unix.Rlimit
	err := unix.Prlimit(supervisor, unix.RLIMIT_NOFILE, nil, &limit)
	return int(limit.Cur), err == nil && limit.Cur < min(limit.Max-1, math.MaxInt32)
}

func remedy(err error) string {
	if errors.Is(err, unix.EAGAIN) {
		return "; raise the limit of processes (ulimit -u, or pids of the container)"
	}
	return ""
}

// rename has the kernel call this process what its first argument says.
func rename() {
	// prctl(PR_SET_NAME) would rename one thread.
	_ = os.WriteFile("/proc/self/comm", []byte(Name), 0)
}
