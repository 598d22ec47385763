package config

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

// headLength is as far as Linux looks for "#!" and the name behind it.
const headLength = 256

// ExplainStart says in one sentence why a command cannot be started in dir with
// exactly that environment; "" if nothing is wrong with it. It only looks.
func ExplainStart(argv0, dir string, env []string) string {
	if reason := explainDir(dir); reason != "" {
		return reason
	}
	return explainProgram(argv0, dir, env)
}

func explainDir(dir string) string {
	info, err := os.Stat(dir)
	switch {
	case isMissing(err):
		return fmt.Sprintf("the directory %q does not exist", dir)
	case err != nil:
		return fmt.Sprintf("the directory %q cannot be entered: %v", dir, bare(err))
	case !info.IsDir():
		return fmt.Sprintf("%q is a file, not a directory", dir)
	case unix.Access(dir, unix.X_OK) != nil:
		return fmt.Sprintf("the directory %q cannot be entered: permission denied", dir)
	}
	return ""
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

func explainProgram(argv0, dir string, env []string) string {
	if strings.Contains(argv0, "/") {
		return explainFile(argv0, from(dir, argv0), dir, env)
	}
	path, ok := lastValue(env, "PATH")
	if !ok {
		return fmt.Sprintf("%q cannot be looked up, since the environment has no PATH", argv0)
	}
	reason := fmt.Sprintf("%q is not in PATH", argv0)
	for _, element := range filepath.SplitList(path) {
		file := filepath.Join(from(dir, element), argv0)
		info, err := os.Stat(file)
		switch {
		case err != nil || info.IsDir():
		case unix.Access(file, unix.X_OK) == nil:
			return explainFile(argv0, file, dir, env)
		default:
			reason = notExecutable(file, info)
		}
	}
	return reason
}

// from returns path as seen from dir.
func from(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// lastValue returns the value that a program would see of env.
func lastValue(env []string, name string) (string, bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(env[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// explainFile is about the file that the name in a command stands for.
func explainFile(name, file, dir string, env []string) string {
	info, err := os.Stat(file)
	switch {
	case isMissing(err) && name == file:
		return fmt.Sprintf("%q does not exist", name)
	case isMissing(err):
		return fmt.Sprintf("%q does not exist in %q", name, dir)
	case err != nil:
		return fmt.Sprintf("%q cannot be reached: %v", name, bare(err))
	case info.IsDir():
		return fmt.Sprintf("%q is a directory", name)
	case !info.Mode().IsRegular():
		return fmt.Sprintf("%q is not a regular file", name)
	case unix.Access(file, unix.X_OK) != nil:
		return notExecutable(name, info)
	}
	return explainContent(name, file, dir, env)
}

func notExecutable(name string, info os.FileInfo) string {
	if info.Mode()&0o111 == 0 {
		return fmt.Sprintf("%q is not executable; chmod +x it", name)
	}
	return fmt.Sprintf("%q may not be executed by this user, or its file system is mounted noexec", name)
}

// explainContent looks at how a file begins, as far as it may be read.
func explainContent(name, file, dir string, env []string) string {
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
		return explainScript(name, head[2:], dir, env)
	case bytes.HasPrefix(head, []byte(elf.ELFMAG)):
		return explainLoader(name, f)
	case !bytes.ContainsRune(head, 0):
		return fmt.Sprintf(`%q is neither a binary nor a script; a script begins with a line such as "#!/bin/sh"`, name)
	}
	return ""
}

// explainScript is about the interpreter in the first line of a script.
func explainScript(name string, head []byte, dir string, env []string) string {
	line, _, _ := strings.Cut(string(head), "\n")
	words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(words) == 0 {
		return fmt.Sprintf("%q names no interpreter behind its #!", name)
	}
	interpreter, last := words[0], words[len(words)-1]
	info, err := os.Stat(from(dir, interpreter))
	switch {
	case strings.HasSuffix(line, "\r"):
		return fmt.Sprintf("the first line of %q ends in a carriage return, so that %q is looked for; save it with LF line ends", name, last)
	case isMissing(err):
		return fmt.Sprintf("the interpreter %q of %q does not exist", interpreter, name)
	case err == nil && info.IsDir():
		return fmt.Sprintf("the interpreter %q of %q is a directory", interpreter, name)
	case err == nil && unix.Access(from(dir, interpreter), unix.X_OK) != nil:
		return fmt.Sprintf("the interpreter %q of %q is not executable", interpreter, name)
	case interpreter == "/usr/bin/env" && len(words) == 2 && !strings.ContainsAny(last, "-=/"):
		return explainEnvScript(name, last, dir, env)
	}
	return ""
}

// explainEnvScript is about a program that env has to find.
func explainEnvScript(name, interpreter, dir string, env []string) string {
	if reason := explainProgram(interpreter, dir, env); reason != "" {
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
