package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// A bare spawn-and-wait loop is the machine's own limit: what starting and
// reaping the processes costs with nothing around it.

// spawnLoops runs /bin/true n times in all, shared among so many loops at a
// time, and returns the seconds it took. With piped, each has its output read
// to the end through a pipe of its own.
func spawnLoops(ctx context.Context, n, loops int, piped bool) (float64, error) {
	spawn, env := spawnBare, childEnv()
	if piped {
		spawn = spawnPiped
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer null.Close()
	start := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	for i := range loops {
		share := n / loops
		if i < n%loops {
			share++
		}
		g.Go(func() error {
			for range share {
				if err := errors.Join(ctx.Err(), spawn(env, null.Fd())); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err = g.Wait()
	return time.Since(start).Seconds(), err
}

func spawnBare(env []string, null uintptr) error {
	return startAndReap([]string{"/bin/true"}, env, null)
}

func spawnPiped(env []string, null uintptr) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer r.Close()
	pid, err := start([]string{"/bin/true"}, env, null, w.Fd())
	w.Close()
	if err != nil {
		return err
	}
	_, readErr := io.Copy(io.Discard, r)
	return errors.Join(readErr, reap(pid))
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

// describeMachine lists what the numbers depend on, one "name: value" each.
func describeMachine(cores int, goVersion string) []string {
	return []string{
		"date: " + time.Now().Format(time.DateOnly),
		"kernel: " + firstLine("/proc/sys/kernel/ostype") + " " + firstLine("/proc/sys/kernel/osrelease"),
		"CPU: " + cpuModel(readText("/proc/cpuinfo")),
		fmt.Sprintf("cores: %d", cores),
		"load average before: " + strings.SplitN(firstLine("/proc/loadavg"), " ", 2)[0],
		"Go: " + goVersion,
	}
}

// cpuModel finds the first model name in the text of /proc/cpuinfo.
func cpuModel(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		name, value, ok := strings.Cut(line, ":")
		if ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func firstLine(file string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(readText(file)), "\n")
	return line
}

// readText is the content of a file, "" if it cannot be read.
func readText(file string) string {
	data, err := os.ReadFile(file)
	if err != nil {
		return ""
	}
	return string(data)
}
