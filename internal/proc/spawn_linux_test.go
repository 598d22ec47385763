package proc

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTooManyFilesPasses(t *testing.T) {
	b := newBench(t)
	before := len(openFiles(t))
	b.start(1, "sleep", "60")
	if got := len(openFiles(t)) - before; got > 3 {
		t.Errorf("a command takes %d open files and one for its log, and the message says up to 4", got)
	}
	limit := b.fileLimit
	before = len(openFiles(t))
	b.fileLimit = spareFiles
	_, err := b.Start(2, b.spec(2, "true"))
	var problem *StartError
	if !errors.As(err, &problem) || !errors.Is(err, unix.EMFILE) || !problem.Passing ||
		problem.Code != CodeNoResources || !strings.Contains(problem.Reason, "(1 running)") {
		t.Errorf("%#v", err)
	}
	if after := len(openFiles(t)); after != before {
		t.Errorf("%d open files before the start that failed, %d after it", before, after)
	}
	b.fileLimit = limit
	b.start(2, "true")
	if exit := b.await(2); exit.Code != 0 {
		t.Errorf("%+v", exit)
	}
}

// What has written something has its log open already.
func TestAFileIsKeptForTheLogOfASilentCommandAlone(t *testing.T) {
	b := newBench(t)
	b.start(1, "sleep", "60")
	b.fileLimit = nextWriteEnd(t) + spareFiles + 1
	if _, err := b.Start(2, b.spec(2, "true")); !errors.Is(err, unix.EMFILE) {
		t.Errorf("beside a silent command: %v", err)
	}
	b.Kill(1)
	b.await(1)
	b.shell(3, "echo; exec sleep 60")
	b.until("output of 3", func() bool { return b.output[3].Len() > 0 })
	b.fileLimit = nextWriteEnd(t) + spareFiles + 1
	if _, err := b.Start(4, b.spec(4, "true")); err != nil {
		t.Errorf("beside one that has written: %v", err)
	}
}

// nextWriteEnd is the number that the writing end of the next pipe gets.
func nextWriteEnd(t *testing.T) int {
	t.Helper()
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	closeAll(pipe[:]...)
	return pipe[1]
}
