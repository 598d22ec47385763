package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sync/errgroup"
)

// A bare spawn-and-wait loop is the machine's own limit: what starting and
// reaping the processes costs with nothing around it. Each is a program of its
// own: within one, Go starts one process at a time.

// loopMode is the first argument that makes this program such a loop. It takes
// the number of rounds and whether each child's output comes through a pipe.
const (
	loopMode  = "loop"
	loopBare  = "bare"
	loopPiped = "piped"
)

// loopMain is the loop; it returns the exit code.
func loopMain(args []string) int {
	if len(args) != 2 {
		return 2
	}
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return 2
	}
	// The parent's threads have nothing to do but this.
	runtime.LockOSThread()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 1
	}
	defer null.Close()
	spawn, env := spawnBare, os.Environ()
	if args[1] == loopPiped {
		spawn = spawnPiped
	}
	for range n {
		if err := spawn(env, int(null.Fd())); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return 0
}

func spawnBare(env []string, null int) error {
	return startAndReap([]string{"/bin/true"}, env, uintptr(null))
}

func spawnPiped(env []string, null int) error {
	var ends [2]int
	if err := syscall.Pipe(ends[:]); err != nil {
		return err
	}
	defer syscall.Close(ends[0])
	syscall.CloseOnExec(ends[0])
	syscall.CloseOnExec(ends[1])
	pid, err := start([]string{"/bin/true"}, env, uintptr(null), uintptr(ends[1]))
	syscall.Close(ends[1])
	if err != nil {
		return err
	}
	if err := drain(ends[0]); err != nil {
		return err
	}
	return reap(pid)
}

// drain reads to the end. The raw call does without what Go does around one that
// may block, as no other goroutine is here: so the loop takes what it takes in C.
func drain(fd int) error {
	var buf [4096]byte
	for {
		n, _, errno := syscall.RawSyscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf)), uintptr(len(buf)))
		if errno != 0 && errno != syscall.EINTR {
			return errno
		}
		if n == 0 {
			return nil
		}
	}
}

func startAndReap(argv, env []string, null uintptr) error {
	pid, err := start(argv, env, null, null)
	if err != nil {
		return err
	}
	return reap(pid)
}

// start starts a program whose stderr is its stdout.
func start(argv, env []string, stdin, stdout uintptr) (pid int, err error) {
	attr := &syscall.ProcAttr{Env: env, Files: []uintptr{stdin, stdout, stdout}}
	return syscall.ForkExec(argv[0], argv, attr)
}

// reap waits for a child and returns an error unless it exited with 0.
func reap(pid int) error {
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, 0, nil)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && status.ExitStatus() != 0 {
			err = fmt.Errorf("cannot use the child: wait status %#x", uint32(status))
		}
		return err
	}
}

// spawnLoops runs /bin/true n times in all, shared among so many loops at a
// time, and returns the seconds it took, the start of the loops included.
func (l *lab) spawnLoops(ctx context.Context, n, loops int, how string) (float64, error) {
	from := monotonic()
	g, ctx := errgroup.WithContext(ctx)
	for i := range loops {
		share := n / loops
		if i < n%loops {
			share++
		}
		g.Go(func() error {
			_, err := timed(ctx, l.dir, []string{l.self, loopMode, strconv.Itoa(share), how})
			return err
		})
	}
	err := g.Wait()
	return float64(monotonic()-from) / 1e9, err
}

// loopContenders are the columns of the bare loops.
func (l *lab) loopContenders(into []row, n, loops int) []contender {
	loop := func(column, how string) contender {
		return contender{column: column, into: into, run: func(ctx context.Context) (float64, error) {
			return l.spawnLoops(ctx, n, loops, how)
		}}
	}
	return []contender{loop(colMachine, loopBare), loop(colPiped, loopPiped)}
}
