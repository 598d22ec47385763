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
		return "", &StartError{CodeNotStarted, "", "the command is empty", nil}
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
	return &StartError{CodeNoResources, spec.Argv[0], fmt.Sprintf("a command with ID %d is running", id), nil}
}

// launch calls start again while its error is one that passes.
func launch(start func() error) error {
	pause := 10 * time.Millisecond
	for try := 0; ; try++ {
		err := start()
		if err == nil || try >= retries(err) {
			return err
		}
		time.Sleep(pause)
		pause *= 2
	}
}

// retries returns how often to try again after err: 0.6 s in all for a program
// that another process, forked while the program was being written, still has
// open for writing (golang.org/issue/22315); 0.3 s for a full process table.
func retries(err error) int {
	switch {
	case errors.Is(err, syscall.ETXTBSY):
		return 6
	case errors.Is(err, syscall.EAGAIN), errors.Is(err, syscall.ENOMEM):
		return 5
	}
	return 0
}
