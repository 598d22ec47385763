package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A command can be ended before its program is executed, and is reported as one that
// has begun and ended.
func TestEndedAsItBegins(t *testing.T) {
	b := newBench(t)
	before := len(openFiles(t))
	for id := range ID(200) {
		if _, err := b.Set.Start(id, b.spec(id, "sleep", "60")); err != nil {
			t.Fatal(err)
		}
		want := unix.SIGTERM
		if id%2 == 0 {
			b.Terminate(id)
		} else {
			b.Kill(id)
			want = unix.SIGKILL
		}
		if exit := b.await(id); exit.Signal != want {
			t.Fatalf("%+v, not killed by %v", exit, want)
		}
		if begun, ok := b.begun[id]; !ok || begun.Err != nil {
			t.Fatalf("begun: %t, %v", ok, begun.Err)
		}
	}
	if after := len(openFiles(t)); after != before {
		t.Errorf("%d open files before, %d after", before, after)
	}
}

// A program that is open for writing is tried again, which takes another process.
func TestBusyProgramIsBegunAgain(t *testing.T) {
	b := newBench(t)
	pid, release := b.startBusy(1)
	release()
	if exit := b.await(1); exit.Code != 0 || b.output[1].String() != "it runs\n" {
		t.Errorf("%+v, %q", exit, b.output[1])
	}
	if begun := b.begun[1]; begun.Err != nil || begun.Pid == pid {
		t.Errorf("%d was made, and has begun as %+v", pid, begun)
	}
}

func TestBusyProgramIsNotBegunAgainWhenItWasToEnd(t *testing.T) {
	b := newBench(t)
	_, release := b.startBusy(1)
	b.Terminate(1)
	release()
	b.until("begin of 1", func() bool { _, ok := b.begun[1]; return ok })
	if err := b.begun[1].Err; !errors.Is(err, unix.ETXTBSY) {
		t.Errorf("%v", err)
	}
}

// startBusy starts a program that is open for writing until release is called, and
// returns when it has been refused, which nobody has noticed yet.
func (b *bench) startBusy(id ID) (pid int, release func()) {
	b.Helper()
	program := filepath.Join(b.TempDir(), "tool")
	held, err := os.OpenFile(program, os.O_CREATE|os.O_WRONLY, 0o700)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := held.WriteString("#!/bin/sh\necho it runs\n"); err != nil {
		b.Fatal(err)
	}
	if pid, err = b.Set.Start(id, b.spec(id, program)); err != nil {
		b.Fatal(err)
	}
	for !b.procs[id].child.over() {
		runtime.Gosched()
	}
	if !errors.Is(b.procs[id].child.failure(), unix.ETXTBSY) {
		b.Skip("this kernel executes what is open for writing")
	}
	return pid, func() { held.Close() }
}

// unborn is a command of which the kernel never says that it executes its program.
func (b *bench) unborn(id ID) *process {
	b.Helper()
	if _, err := b.Set.Start(id, b.spec(id, "sleep", "60")); err != nil {
		b.Fatal(err)
	}
	p := b.procs[id]
	for !p.child.over() {
		runtime.Gosched()
	}
	p.child.tid.Store(1)
	return p
}

func TestExitOfTheUnbornIsABeginToo(t *testing.T) {
	b := newBench(t)
	b.unborn(1)
	b.Kill(1)
	if exit := b.await(1); exit.Signal != unix.SIGKILL {
		t.Errorf("%+v", exit)
	}
	if begun, ok := b.begun[1]; !ok || begun.Err != nil || len(b.births) > 0 {
		t.Errorf("begun: %t, %v; %d to be born", ok, begun.Err, len(b.births))
	}
}

// Only pauses in which nothing has happened become longer.
func TestBirthsAreLookedForLessAndLess(t *testing.T) {
	b := newBench(t)
	b.unborn(1)
	for range 10 {
		b.turn(false)
	}
	for want := firstWait; want < longestWait; want *= 2 {
		if got := b.timeout(true); got != int(want.Milliseconds()) {
			t.Fatalf("looked for in %d ms, want %v", got, want)
		}
		for b.wait == want {
			b.turn(true)
		}
	}
	if b.wait != longestWait {
		t.Errorf("looked for in %v", b.wait)
	}
}

// The memory of a child that has no program yet is this program's: it must not be
// written down.
func TestStopSignalOfTheUnbornIsSIGTERM(t *testing.T) {
	b := newBench(t)
	p := b.unborn(1)
	p.spec.StopSignal = unix.SIGQUIT
	if got := p.stopSignal(); got != unix.SIGTERM {
		t.Errorf("unborn: %v", got)
	}
	p.child.tid.Store(0)
	if got := p.stopSignal(); got != unix.SIGQUIT {
		t.Errorf("born: %v", got)
	}
}

// A program that is busy holds up everything for a while, but not for so many times
// that while as there are.
func TestOneBusyProgramIsWaitedForAtATime(t *testing.T) {
	b := newBench(t)
	for id := ID(1); id <= 3; id++ {
		_, release := b.startBusy(id)
		release()
	}
	last := b.procs[3]
	for turns := 1; turns <= 3; turns++ {
		if turns == 2 {
			awaitZombie(t, last.pid)
			b.handle(last.exitToken) // which may be seen first
		}
		b.attendBirths()
		if len(b.Set.begun) != turns || len(b.births) != 3-turns {
			t.Fatalf("turn %d: %d have begun, %d are to be born", turns, len(b.Set.begun), len(b.births))
		}
	}
}

func awaitZombie(t *testing.T, pid int) {
	t.Helper()
	for !hasExited(pid) {
		runtime.Gosched()
	}
}

// What a child has open while its execve hangs is not what this program has open.
func TestChildClosesFilesBeforeItExecutes(t *testing.T) {
	b := newBench(t)
	if !b.kernel.closeRange {
		t.Skip("this kernel has no close_range")
	}
	null := uintptr(b.null)
	c, err := newChild(b.spec(1, "true"), "/bin/true", []uintptr{null, null, null}, nil, true)
	if err != nil {
		t.Fatal(err)
	}
	c.steps[len(c.steps)-1] = step{number: unix.SYS_PAUSE}
	pid, err := c.fork(b.kernel.pidfd)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		closeAll(int(c.pidfd))
		signalGroup(pid, unix.SIGKILL)
		_, _ = wait4(pid, 0)
		runtime.KeepAlive(c)
	}()
	b.until("three open files", func() bool {
		files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
		return err == nil && len(files) == 3
	})
}
