package proc

import (
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel is what this system offers. Containers, emulators and old kernels
// refuse some of it; for each there is another way.
type kernel struct {
	pidfd bool // else SIGCHLD tells of exits
	plain bool // children are made by the syscall package alone: fork was refused
	// closeRange says that there is close_range(2), with CLOSE_RANGE_CLOEXEC.
	closeRange bool
	sight      sight // of descendants
	warnings   []string
}

func lookAtKernel() kernel {
	k := kernel{pidfd: true, sight: lookForProc()}
	if err := checkPidfd(); err != nil {
		k.pidfd = false
		k.warn("this system refuses pidfd_open (%v): a process is known by its number alone", err)
	}
	switch k.sight {
	case byScan:
		k.warn("this system has no /proc/PID/task/TID/children: all processes are looked through instead, which takes longer")
	case blind:
		k.warn("there is no /proc of this PID namespace: a process that leaves the session of its command is found at the end of the run only")
	}
	return k
}

func (k *kernel) warn(format string, args ...any) {
	k.warnings = append(k.warnings, fmt.Sprintf(format, args...))
}

// Warnings says what this system lacks, so that some things are done in another
// way than usual.
func (s *Set) Warnings() []string { return s.kernel.warnings }

func checkPidfd() error {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

const sigsetSize = 8 // of the kernel's sigset_t, in bytes

// unhearExits has SIGCHLD do nothing (SIG_DFL, signal(7)) in the whole program and for
// good, while the handler of the Go runtime would interrupt it for each exit, which
// pidfds tell of. It comes before any child: Ignore, which has the runtime know that
// its handler is gone, puts SIG_IGN in its place, and the kernel reaps by itself what
// ends before the next line.
func unhearExits() error {
	signal.Ignore(unix.SIGCHLD)
	var action [4]uint64 // struct sigaction of rt_sigaction(2): no handler, no flags, an empty mask
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION,
		uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(&action)), 0, sigsetSize, 0, 0)
	if errno != 0 {
		return fmt.Errorf("cannot supervise: keep the exits of commands: sigaction: %w", errno)
	}
	return nil
}

// watchChildren has each SIGCHLD wake the Set. stop ends it.
func (s *Set) watchChildren() (stop func()) {
	told := make(chan os.Signal, 1)
	signal.Notify(told, unix.SIGCHLD)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range told {
			s.Wake()
		}
	}()
	return func() {
		signal.Stop(told)
		close(told)
		<-done
	}
}

// lookForExits finds the leaders that have exited, where no pidfd tells.
func (s *Set) lookForExits() {
	for _, p := range s.procs {
		if !p.dead && p.child == nil && hasExited(p.pid) { // what has exited has begun
			s.leaderExited(p)
		}
	}
}

// hasExited says whether a child is a zombie, and leaves it one.
func hasExited(pid int) bool {
	var info unix.Siginfo // Signo is 0 if it runs
	err := unix.Waitid(unix.P_PID, pid, &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err == nil && info.Signo != 0
}

// filesMax bounds the search for open files where nothing lists them.
const filesMax = 1 << 20

// keepFiles marks what this program was started with beyond fds 0-2: it is not
// for commands.
func keepFiles(k *kernel) {
	if k.closeRange = unix.CloseRange(3, ^uint(0), unix.CLOSE_RANGE_CLOEXEC) == nil; k.closeRange {
		return // Linux 5.11
	}
	if k.sight == blind {
		for fd := range min(fileLimit(), filesMax) {
			keepFile(fd)
		}
		return
	}
	files, _ := os.ReadDir("/proc/self/fd")
	for _, file := range files {
		if fd, err := strconv.Atoi(file.Name()); err == nil {
			keepFile(fd)
		}
	}
}

func keepFile(fd int) {
	if fd > 2 {
		_, _ = unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC)
	}
}

// fileLimit returns how many files this program may have open.
func fileLimit() int {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Cur, 1<<30))
}

// childFiles is the limit of open files that commands are to have: nil for that of
// this program, unknown while only the syscall package knows. It has raised the soft
// limit to one below the hard limit, in case, and takes that back in its children.
func (s *Set) childFiles() (limit *unix.Rlimit, known bool) {
	var own unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &own); err != nil {
		return nil, false
	}
	if own.Cur != own.Max-1 {
		return nil, true
	}
	soft := s.softFiles()
	if soft == 0 {
		return nil, false
	}
	return &unix.Rlimit{Cur: soft, Max: own.Max}, true
}

// SoftFiles has soft tell the soft limit of open files that commands are to have; 0
// is not known yet.
func (s *Set) SoftFiles(soft func() uint64) { s.softFiles = soft }

// keepSignals lets commands start with default signals. What was blocked or
// ignored when this program was started (nohup, a script's background job)
// would stay so in them. A signal that is taken and not heard is ignored here
// and not there; of the others the Go runtime takes care.
func keepSignals() error {
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &unix.Sigset_t{}, nil); err != nil {
		return fmt.Errorf("cannot supervise: unblock signals: %w", err)
	}
	for _, sig := range []syscall.Signal{unix.SIGINT, unix.SIGHUP} {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
	return nil
}
