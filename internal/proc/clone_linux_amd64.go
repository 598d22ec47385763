package proc

import (
	"errors"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fork makes a leader, as syscall.ForkExec does, with fewer steps: the child shares
// this program's memory until it executes, so it needs no pipe to tell of an error,
// and the kernel resets its signal handlers. It does not wait for that: who waits may
// have to wait for the processor too, which the child has. It returns errNoFork where
// that cannot be done, before Linux 5.5 (CLONE_CLEAR_SIGHAND) for one.
func (s *Set) fork(p *process) error {
	limit, known := s.childFiles()
	if !known {
		return errNoFork
	}
	c, err := newChild(p.spec, p.path, s.streamsOf(p), limit, s.kernel.closeRange)
	if err != nil {
		return err
	}
	if p.pid, err = c.fork(s.kernel.pidfd); err != nil {
		s.kernel.plain = errors.Is(err, errNoFork)
		return err
	}
	p.child, p.pidfd = c, int(c.pidfd)
	return nil
}

// step is a system call of a child before it executes.
type step struct {
	number uintptr
	args   [4]uintptr
	// want is what it has to return; 0 is anything but an error.
	want uintptr
}

// failure is what a step has returned, and how many were left, it included; none
// have failed while left is 0.
type failure struct{ result, left uintptr }

// cloneArgs is the first 64 bytes of struct clone_args (clone3(2)).
type cloneArgs struct {
	flags, pidfd, childTID uint64
	_                      uint64
	exitSignal             uint64
	_                      [3]uint64
}

// clone makes a child that takes the steps, the last of which has to execute a
// program. It returns the child's number or, as a number from -4095 to -1, an error.
// The steps, what they point to and failed must stay where they are until the program
// is executed or a step has failed: the caller keeps them in a child, on the heap.
//
//go:noescape
func clone(args *cloneArgs, first *step, steps uintptr, failed *failure) (pid uintptr)

// child is a process to be. It reads and writes what is here, and what that points to,
// until it is over.
type child struct {
	steps []step
	// kept is what the steps point to.
	kept  []any
	pidfd int32
	// tid becomes 0 when the child leaves this program's memory (CLONE_CHILD_CLEARTID).
	tid    atomic.Int32
	failed failure
}

// over says that the child executes its program, or has failed.
func (c *child) over() bool { return c.tid.Load() == 0 }

// failure is why a child that is over does not execute its program, or nil.
func (c *child) failure() error {
	if c.failed.left == 0 {
		return nil
	}
	return syscall.Errno(-c.failed.result)
}

// newChild makes the steps of a child. With closes, what it has open of this program is
// closed before it enters a directory and executes a program, either of which may hang:
// it would keep locks, and the ends of pipes and sockets, until execve closed them.
func newChild(spec Spec, path string, streams []uintptr, files *unix.Rlimit, closes bool) (*child, error) {
	c := &child{steps: make([]step, 0, 13), pidfd: -1}
	c.tid.Store(1)
	c.step(unix.SYS_SETSID)
	c.step(unix.SYS_PRCTL, unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL))
	c.step(unix.SYS_GETPPID)
	c.steps[len(c.steps)-1].want = uintptr(os.Getpid()) // else that signal will not come
	for fd, stream := range streams {
		c.step(unix.SYS_DUP3, stream, uintptr(fd))
	}
	if spec.TTY {
		c.step(unix.SYS_IOCTL, 0, unix.TIOCSCTTY, 1)
	}
	if closes {
		c.step(unix.SYS_CLOSE_RANGE, 3, uintptr(^uint32(0)), 0)
	}
	if files != nil {
		c.step(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, keep(c, files))
	}
	if spec.Dir != "" {
		dir, err := unix.BytePtrFromString(spec.Dir)
		if err != nil {
			return nil, err
		}
		c.step(unix.SYS_CHDIR, keep(c, dir))
	}
	c.step(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, keep(c, &unix.Sigset_t{}), 0, sigsetSize)
	return c, c.execute(path, spec)
}

func (c *child) step(number uintptr, args ...uintptr) {
	s := step{number: number}
	copy(s.args[:], args)
	c.steps = append(c.steps, s)
}

// keep returns the address of what the steps point to, and keeps it in memory.
func keep[T any](c *child, p *T) uintptr {
	c.kept = append(c.kept, p)
	return uintptr(unsafe.Pointer(p))
}

func (c *child) execute(path string, spec Spec) error {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return err
	}
	argv, err := cStrings(spec.Argv)
	if err != nil {
		return err
	}
	env, err := cStrings(spec.Env)
	if err != nil {
		return err
	}
	c.step(unix.SYS_EXECVE, keep(c, name), keep(c, &argv[0]), keep(c, &env[0]))
	return nil
}

// cStrings is a list as execve(2) takes it, in one piece of memory.
func cStrings(list []string) ([]*byte, error) {
	size := 0
	for _, s := range list {
		if strings.IndexByte(s, 0) >= 0 {
			return nil, unix.EINVAL
		}
		size += len(s) + 1
	}
	text := make([]byte, 0, size)
	pointers := make([]*byte, 0, len(list)+1)
	for _, s := range list {
		start := len(text)
		text = append(append(text, s...), 0)
		pointers = append(pointers, &text[start])
	}
	return append(pointers, nil), nil
}

func (c *child) fork(pidfd bool) (pid int, err error) {
	args := &cloneArgs{
		flags:      unix.CLONE_VM | unix.CLONE_CHILD_CLEARTID | unix.CLONE_CLEAR_SIGHAND,
		childTID:   uint64(uintptr(unsafe.Pointer(&c.tid))),
		exitSignal: uint64(unix.SIGCHLD),
	}
	if pidfd {
		args.flags |= unix.CLONE_PIDFD
		args.pidfd = uint64(uintptr(unsafe.Pointer(&c.pidfd)))
	}
	result := cloneBlocked(args, c.steps, &c.failed)
	switch errno := syscall.Errno(-result); {
	case errno == unix.EAGAIN || errno == unix.ENOMEM:
		return 0, errno
	case errno < maxErrno:
		return 0, errNoFork
	}
	return int(result), nil
}

const maxErrno = 4096 // is larger than every errno

// cloneBlocked keeps every signal from the child: until it has executed, a handler
// would run in this program's memory, and on the stack of the caller.
func cloneBlocked(args *cloneArgs, steps []step, failed *failure) (pid uintptr) {
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	syscall.ForkLock.Lock()
	defer syscall.ForkLock.Unlock()
	setMask(&all, &before)
	pid = clone(args, &steps[0], uintptr(len(steps)), failed)
	setMask(&before, nil)
	return pid
}

func setMask(to, before *unix.Sigset_t) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK,
		uintptr(unsafe.Pointer(to)), uintptr(unsafe.Pointer(before)), sigsetSize, 0, 0)
}
