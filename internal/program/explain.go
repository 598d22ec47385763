package program

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	// headLength is as far as Linux looks for "#!" and the name behind it.
	headLength = 256
	// envLimit is how many scripts in a row may leave their interpreter to
	// env; such a script may name itself.
	envLimit = 4
)

// ExplainDir says in one sentence why no command can be started in dir; "" if
// nothing is wrong with it.
func ExplainDir(dir string) string {
	if dir == "" {
		return ""
	}
	info, err := os.Stat(dir)
	switch {
	case isMissing(err):
		return fmt.Sprintf("the directory %q does not exist", dir)
	case err != nil:
		return fmt.Sprintf("the directory %q cannot be entered: %v", dir, cause(err))
	case !info.IsDir():
		return fmt.Sprintf("%q is a file, not a directory", dir)
	case unix.Access(dir, unix.X_OK) != nil:
		return fmt.Sprintf("the directory %q cannot be entered: permission denied", dir)
	}
	return ""
}

// Explain says in one sentence why the file that a command names cannot be
// started in dir, which can be entered; "" if nothing is wrong with it. That is
// no promise: only a start shows what else the system minds.
func Explain(name, dir string, env []string) string {
	return place{dir, env, envLimit}.explain(name)
}

// place is where a program is to be started.
type place struct {
	dir  string
	env  []string
	envs int // how many more interpreters to follow through env
}

func (p place) explain(name string) string {
	path, err := Find(name, p.dir, p.env)
	if err != nil {
		return err.Error()
	}
	return p.explainFile(name, from(p.dir, path))
}

// explainFile is about the file that name stands for.
func (p place) explainFile(name, file string) string {
	info, err := os.Stat(file)
	switch {
	case isMissing(err) && (filepath.IsAbs(name) || p.dir == ""):
		return fmt.Sprintf("%q does not exist", name)
	case isMissing(err):
		return fmt.Sprintf("%q does not exist in %q", name, p.dir)
	case err != nil:
		return fmt.Sprintf("%q cannot be reached: %v", name, cause(err))
	case !mayExecute(file, info):
		return refusal(name, info)
	}
	return p.explainContent(name, file)
}

// explainContent looks at how a file begins, as far as it may be read.
func (p place) explainContent(name, file string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, headLength)
	n, err := io.ReadFull(f, head)
	head = head[:n]
	switch script := bytes.HasPrefix(head, []byte("#!")); {
	case err != nil && err != io.EOF && err != io.ErrUnexpectedEOF:
		return ""
	case n == 0:
		return fmt.Sprintf("%q is empty", name)
	case script:
		return p.explainScript(name, head[2:])
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)):
		return explainLoader(name, f)
	case !bytes.ContainsRune(head, 0):
		return fmt.Sprintf(`%q is neither a binary nor a script; a script begins with a line such as "#!/bin/sh"`, name)
	}
	return ""
}

// explainScript is about the interpreter in the first line of a script.
func (p place) explainScript(name string, head []byte) string {
	line, _, _ := strings.Cut(string(head), "\n")
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 {
		return fmt.Sprintf("%q names no interpreter behind its #!", name)
	}
	interpreter, last := words[0], words[len(words)-1]
	file := from(p.dir, interpreter)
	info, err := os.Stat(file)
	switch {
	case strings.HasSuffix(line, "\r"):
		return fmt.Sprintf("the first line of %q ends in a carriage return, so that %q is looked for; save it with LF line ends", name, last)
	case isMissing(err):
		return fmt.Sprintf("the interpreter %q of %q does not exist", interpreter, name)
	case err == nil && info.IsDir():
		return fmt.Sprintf("the interpreter %q of %q is a directory", interpreter, name)
	case err == nil && !mayExecute(file, info):
		return fmt.Sprintf("the interpreter %q of %q is not executable", interpreter, name)
	case interpreter == "/usr/bin/env" && len(words) == 2 && !strings.HasPrefix(last, "-") && !strings.ContainsAny(last, "=/"):
		return p.explainEnvScript(name, last)
	}
	return ""
}

// explainEnvScript is about a program that env has to find.
func (p place) explainEnvScript(name, interpreter string) string {
	if p.envs == 0 {
		return ""
	}
	p.envs--
	if reason := p.explain(interpreter); reason != "" {
		return fmt.Sprintf("the interpreter of %q cannot be started: %s", name, reason)
	}
	return ""
}

// explainLoader is about the program that loads a dynamically linked binary.
func explainLoader(name string, f *os.File) string {
	binary, err := elf.NewFile(f)
	if err != nil {
		return ""
	}
	for _, p := range binary.Progs {
		if p.Type != elf.PT_INTERP || p.Filesz > headLength*16 {
			continue
		}
		loader, err := io.ReadAll(p.Open())
		path := strings.TrimRight(string(loader), "\x00")
		if _, missing := os.Stat(path); err == nil && isMissing(missing) {
			return fmt.Sprintf("the loader %q of %q does not exist; it was built for another system", path, name)
		}
	}
	return ""
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// cause returns err without the operation and the path before it.
func cause(err error) error {
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
