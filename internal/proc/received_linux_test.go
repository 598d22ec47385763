package proc

import (
	"bytes"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOutputBeforeExit(t *testing.T) {
	b := newBench(t)
	for i := range ID(30) {
		b.shell(i, "echo out; echo err >&2; printf last")
		b.await(i)
		if got := b.output[i].String(); got != "out\nerr\nlast" {
			t.Fatalf("run %d: %q", i, got)
		}
	}
}

func TestExitSeenBeforeOutput(t *testing.T) {
	b := newBench(t)
	pid, err := b.Set.Start(1, b.spec(1, "sh", "-c", "head -c 60000 /dev/zero; printf last"))
	if err != nil {
		t.Fatal(err)
	}
	for living(pid) { // and no Wait, which would take its output first
		runtime.Gosched()
	}
	b.attendBirths()
	b.handle(b.procs[1].exitToken)
	if got := b.output[1].Len(); got != 60004 || len(b.ended) != 1 {
		t.Errorf("%d bytes, %d reports", got, len(b.ended))
	}
}

func TestOutputOfAnySize(t *testing.T) {
	tests := []struct {
		name string
		argv []string
		want []byte
	}{
		{"none", []string{"true"}, nil},
		{"a pipe full", []string{"sh", "-c", "head -c 65536 /dev/zero"}, make([]byte, 65536)},
		{"3 MB without newline", []string{"sh", "-c", "head -c 3000000 /dev/zero"}, make([]byte, 3000000)},
		{"20 MB", []string{"sh", "-c", "head -c 20000000 /dev/zero"}, make([]byte, 20000000)},
		{"binary", helper("bytes"), allBytes()},
	}
	b := newBench(t)
	for i, test := range tests {
		b.start(ID(i), test.argv...)
		b.await(ID(i))
		if got := b.output[ID(i)].Bytes(); !bytes.Equal(got, test.want) {
			t.Errorf("%s: %d bytes, want %d", test.name, len(got), len(test.want))
		}
	}
}

func TestFloodStarvesNobody(t *testing.T) {
	b := newBench(t)
	flood := b.spec(1, "cat", "/dev/zero")
	flood.Output = func([]byte) {}
	if _, err := b.Start(1, flood); err != nil {
		t.Fatal(err)
	}
	for i := ID(2); i < 10; i++ {
		b.shell(i, "echo here; exit 5")
		if exit := b.await(i); exit.Code != 5 || b.output[i].String() != "here\n" {
			t.Errorf("%+v %q", exit, b.output[i])
		}
	}
	b.Kill(1)
	if exit := b.await(1); exit.Signal != unix.SIGKILL {
		t.Errorf("%+v", exit)
	}
}

func TestOneTurnIsBounded(t *testing.T) {
	b := newBench(t)
	total, bounded := 0, true
	flood := b.spec(1, "cat", "/dev/zero")
	flood.Output = func(p []byte) {
		if total += len(p); bounded {
			bounded = total < 4*turnMax
			awaitFull(b.procs[1].pipe) // a reader slower than the writer
		}
	}
	if _, err := b.Start(1, flood); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first turn only finds out that the pipe is too small
		awaitFull(b.procs[1].pipe)
		total = 0
		b.Wait(false, nil)
	}
	if total < pipeSize || !bounded {
		t.Errorf("one turn delivered %d bytes", total)
	}
	bounded = false
	b.Kill(1)
	b.await(1)
}

func awaitFull(pipe int) {
	for {
		size, err := unix.FcntlInt(uintptr(pipe), unix.F_GETPIPE_SZ, 0)
		filled, _ := unix.IoctlGetInt(pipe, unix.TIOCINQ) // FIONREAD
		if err != nil || filled >= size {
			return
		}
		runtime.Gosched()
	}
}

func TestNoOutputWanted(t *testing.T) {
	b := newBench(t)
	if _, err := b.Start(1, Spec{Argv: []string{"seq", "100000"}, Env: b.env}); err != nil {
		t.Fatal(err)
	}
	if exit := b.await(1); exit.Code != 0 {
		t.Errorf("%+v", exit)
	}
}

func TestClosedOutputIsNoEnd(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	gate, closed := dir+"/gate", dir+"/closed"
	b.shell(1, "exec >&- 2>&-; mkdir "+closed+"; while [ ! -e "+gate+" ]; do sleep 0.01; done; exit 9")
	b.until("that it has closed its output", func() bool {
		_, err := os.Stat(closed)
		return err == nil
	})
	if b.procs[1].pipe < 0 {
		t.Error("its pipe is closed")
	}
	if exits := b.Wait(false, nil); len(exits) > 0 {
		t.Fatalf("reported %+v while it runs", exits)
	}
	if left := b.pending(); len(left) > 0 {
		t.Errorf("a Wait does not sleep: epoll goes on telling of %+v", left)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if exit := b.await(1); exit.Code != 9 {
		t.Errorf("%+v", exit)
	}
}

// A child that was made meanwhile and does not execute its program yet has the pipe of
// another command open.
func TestNothingIsHeardOfAClosedPipe(t *testing.T) {
	b := newBench(t)
	if _, err := b.Set.Start(1, b.spec(1, "true")); err != nil {
		t.Fatal(err)
	}
	read, write := duplicate(t, b.procs[1].pipe), duplicate(t, b.procs[1].writeEnd)
	b.await(1)
	closeAll(write)
	defer closeAll(read)
	if told := b.pending(); len(told) > 0 {
		t.Errorf("epoll tells of %+v", told)
	}
}

func duplicate(t *testing.T, fd int) int {
	t.Helper()
	fd, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fd
}
