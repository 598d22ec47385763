//go:build unix

package proc

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"wprun/internal/program"
)

// longestString is the most bytes that Linux takes for one argument or one
// variable, with the closing NUL (MAX_ARG_STRLEN).
const longestString = 32 * 4096

// explain finds the cause behind the error of a start. The same number stands
// for several causes: ENOENT is also a missing directory or interpreter.
func explain(spec Spec, path string, err error) *StartError {
	problem := &StartError{Code: CodeNotStarted, Program: spec.Argv[0], Reason: err.Error(), Err: err}
	if reason := program.ExplainDir(spec.Dir); reason != "" {
		problem.Reason = reason
		return problem
	}
	var errno unix.Errno
	errors.As(err, &errno)
	switch errno {
	case unix.ENOENT:
		problem.Code = CodeNotFound
		problem.Reason = fileProblem(spec, path, "an interpreter or loader that it needs does not exist")
	case unix.ENOEXEC:
		problem.Reason = fileProblem(spec, path, "this binary was built for another kind of machine")
	case unix.EACCES, unix.ENOTDIR, unix.ELOOP, unix.ENAMETOOLONG:
		problem.Reason = fileProblem(spec, path, errno.Error())
	case unix.E2BIG:
		problem.Reason = tooLong(spec)
	case unix.EINVAL:
		problem.Reason = invalid(spec)
	case unix.ETXTBSY:
		problem.Reason = "something still has it open for writing"
	default:
		explainLimit(problem, errno)
	}
	return problem
}

// fileProblem returns what is wrong with the file at path, or otherwise if
// that cannot be seen from it.
func fileProblem(spec Spec, path, otherwise string) string {
	return cmp.Or(program.Explain(path, spec.Dir, spec.Env), otherwise)
}

// explainLimit words the errors that say nothing about the program itself.
func explainLimit(problem *StartError, errno unix.Errno) {
	switch errno {
	case unix.EMFILE:
		problem.Reason = tooManyFiles()
	case unix.ENFILE:
		problem.Reason = "the system has no more open files to give (sysctl fs.file-max)"
	case unix.EAGAIN:
		problem.Reason = "no more processes may be started; raise the limit (ulimit -u, or pids of the container) or run fewer at once"
	case unix.ENOMEM:
		problem.Reason = "not enough memory to start a process; run fewer at once"
	default:
		return
	}
	problem.Code, problem.Passing = CodeNoResources, true
}

func tooLong(spec Spec) string {
	longest, total := 0, 0
	for _, list := range [][]string{spec.Argv, spec.Env} {
		for _, text := range list {
			longest = max(longest, len(text))
			total += len(text) + 1
		}
	}
	if longest >= longestString {
		return fmt.Sprintf("argument list too long; one argument or variable has %d bytes, at most %d fit", longest, longestString-1)
	}
	return fmt.Sprintf("argument list too long; arguments and environment have %d bytes", total)
}

func invalid(spec Spec) string {
	for _, text := range spec.Argv {
		if strings.Contains(text, "\x00") {
			return "an argument holds a NUL byte"
		}
	}
	for _, text := range spec.Env {
		if name, _, _ := strings.Cut(text, "="); strings.Contains(text, "\x00") {
			return fmt.Sprintf("the variable %q holds a NUL byte", name)
		}
	}
	return unix.EINVAL.Error()
}

func tooManyFiles() string {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return unix.EMFILE.Error()
	}
	return fmt.Sprintf("too many open files; the limit is %d and each running command takes up to 4; raise it (ulimit -n) or run fewer at once", limit.Cur)
}
