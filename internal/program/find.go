// Package program knows the file that a command names, and why it cannot be
// started. It looks at files and starts nothing.
//
// Everywhere dir is the absolute working directory of the command, or "" for
// that of the caller, and env its complete environment, "K=V".
package program

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Find returns the path to execute once the working directory is dir. A name
// with a slash is that path and is not looked at. Any other is looked up in the
// PATH of env as execvp(3) does it: relative elements start from dir, an empty
// one is dir, and a file that cannot be executed is passed over.
//
// The error is the reason in one sentence. It is fs.ErrPermission if a file was
// passed over, or else fs.ErrNotExist.
func Find(name, dir string, env []string) (path string, err error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	if name == "" {
		return "", &lookupError{"the name of the program is empty", unix.ENOENT}
	}
	list, ok := Path(env)
	if !ok {
		return "", &lookupError{fmt.Sprintf("%q cannot be looked up, since the environment has no PATH", name), unix.ENOENT}
	}
	return search(name, dir, list)
}

func search(name, dir, list string) (string, error) {
	refused := ""
	for _, element := range filepath.SplitList(list) {
		path := filepath.Join(element, name)
		if !strings.Contains(path, "/") {
			path = "./" + path // or it would be looked up again
		}
		file := from(dir, path)
		info, err := os.Stat(file)
		switch {
		case err != nil || info.IsDir():
		case mayExecute(file, info):
			return path, nil
		case refused == "":
			refused = refusal(file, info)
		}
	}
	if refused != "" {
		return "", &lookupError{refused, unix.EACCES}
	}
	return "", &lookupError{fmt.Sprintf("%q is not in PATH", name), unix.ENOENT}
}

// Path returns the PATH of env. The last one counts.
func Path(env []string) (list string, ok bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if list, ok := strings.CutPrefix(env[i], "PATH="); ok {
			return list, true
		}
	}
	return "", false
}

// from returns path as seen from dir.
func from(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func mayExecute(file string, info fs.FileInfo) bool {
	return info.Mode().IsRegular() && unix.Access(file, unix.X_OK) == nil
}

// refusal is about a file that may not be executed.
func refusal(name string, info fs.FileInfo) string {
	switch {
	case info.IsDir():
		return fmt.Sprintf("%q is a directory", name)
	case !info.Mode().IsRegular():
		return fmt.Sprintf("%q is not a regular file", name)
	case info.Mode()&0o111 == 0:
		return fmt.Sprintf("%q is not executable; chmod +x it", name)
	}
	return fmt.Sprintf("%q may not be executed by this user, or its file system is mounted noexec", name)
}

// lookupError is a reason with the number that execvp(3) would give.
type lookupError struct {
	reason string
	errno  unix.Errno
}

func (e *lookupError) Error() string { return e.reason }
func (e *lookupError) Unwrap() error { return e.errno }
