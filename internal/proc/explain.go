//go:build unix

package proc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// longestString is the most bytes that Linux takes for one argument or one
// variable, with the closing NUL (MAX_ARG_STRLEN).
const longestString = 32 * 4096

// explain finds the cause behind the error of a start. The same number stands
// for several causes: ENOENT is also a missing directory or interpreter.
func explain(spec Spec, path string, err error) *StartError {
	problem := &StartError{CodeNotStarted, spec.Argv[0], err.Error(), err}
	if reason := directoryProblem(spec.Dir); reason != "" {
		problem.Reason = reason
		return problem
	}
	file := absolute(path, spec.Dir)
	var errno unix.Errno
	errors.As(err, &errno)
	switch errno {
	case unix.ENOENT:
		problem.Code = CodeNotFound
		problem.Reason = missing(path, file, spec.Dir)
	case unix.EACCES:
		problem.Reason = denied(file)
	case unix.ENOEXEC:
		problem.Reason = noFormat(file)
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
	problem.Code = CodeNoResources
}

func directoryProblem(dir string) string {
	if dir == "" {
		return ""
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, unix.ENOENT):
		return fmt.Sprintf("the directory %q does not exist", dir)
	case err != nil:
		return fmt.Sprintf("the directory %q cannot be entered: %s", dir, cause(err))
	case !info.IsDir():
		return fmt.Sprintf("the directory %q is not a directory", dir)
	case unix.Access(dir, unix.X_OK) != nil:
		return fmt.Sprintf("the directory %q cannot be entered: permission denied", dir)
	}
	return ""
}

// cause returns the text of err without the operation and the path before it.
func cause(err error) string {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return err.Error()
}

// missing explains ENOENT: the program, or what it needs to be executed.
func missing(path, file, dir string) string {
	if _, err := os.Stat(file); err != nil {
		if path == file || dir == "" {
			return "no such file"
		}
		return fmt.Sprintf("no such file in %q", dir)
	}
	interpreter, script := shebang(head(file))
	switch {
	case !script:
		return "the loader that this binary names does not exist; it was built for another system"
	case strings.HasSuffix(interpreter, "\r"):
		return fmt.Sprintf("its interpreter %q does not exist; save the file without carriage returns", interpreter)
	}
	return fmt.Sprintf("its interpreter %q does not exist", interpreter)
}

// denied explains EACCES.
func denied(file string) string {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return cause(err)
	case info.IsDir():
		return "it is a directory"
	case unix.Access(file, unix.X_OK) != nil:
		return notExecutable(file)
	}
	if interpreter, script := shebang(head(file)); script {
		return fmt.Sprintf("its interpreter %q is not executable", interpreter)
	}
	return "permission denied; its file system may be mounted noexec"
}

func notExecutable(file string) string {
	return fmt.Sprintf("%q is not executable; chmod +x it", file)
}

// noFormat explains ENOEXEC.
func noFormat(file string) string {
	start := head(file)
	switch {
	case len(start) == 0:
		return "the file is empty"
	case bytes.HasPrefix(start, []byte("\x7fELF")):
		return "this binary was built for another kind of machine"
	}
	return `it is neither a binary nor a script; a script begins with a line such as "#!/bin/sh"`
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
	return fmt.Sprintf("too many open files; the limit is %d and each running command takes 2; raise it (ulimit -n) or run fewer at once", limit.Cur)
}

// head returns the beginning of a file, as far as the kernel looks for "#!".
func head(file string) []byte {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	start := make([]byte, 256)
	n, _ := io.ReadFull(f, start)
	return start[:n]
}

// shebang returns the interpreter that the first line of a script names.
func shebang(start []byte) (interpreter string, ok bool) {
	rest, ok := bytes.CutPrefix(start, []byte("#!"))
	if !ok {
		return "", false
	}
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	name, _, _ := strings.Cut(strings.Trim(string(line), " \t"), " ")
	return name, true
}
