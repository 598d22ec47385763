//go:build unix

package proc

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"wprun/internal/program"
)

// prepare checks the parts of spec that need no process and returns the path
// to execute.
func prepare(spec Spec) (string, error) {
	if len(spec.Argv) == 0 {
		return "", &StartError{Code: CodeNotStarted, Reason: "the command is empty"}
	}
	path, problem := lookup(spec)
	if problem == nil {
		return path, nil
	}
	if reason := program.ExplainDir(spec.Dir); reason != "" {
		problem.Code, problem.Reason = CodeNotStarted, reason
	}
	return "", problem
}

func inUse(id ID, spec Spec) error {
	return &StartError{
		Code: CodeNoResources, Program: spec.Argv[0],
		Reason: fmt.Sprintf("a command with ID %d is running", id),
	}
}

// busyTries is how often a program is started that something has open for
// writing: 0.6 s in all. It is most often a process that was forked while the
// program was being written, and that executes its own now (golang.org/issue/22315).
const busyTries = 7

// whileBusy calls start again while the program is busy.
func whileBusy(start func() error) error {
	pause := 10 * time.Millisecond
	for try := 1; ; try++ {
		err := start()
		if try == busyTries || !errors.Is(err, syscall.ETXTBSY) {
			return err
		}
		time.Sleep(pause)
		pause *= 2
	}
}
