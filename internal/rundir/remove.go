package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// insideShown bounds how many names of a directory's content an error lists.
const insideShown = 5

// RemoveStale removes those of the paths that exist, whoever made them. Only
// empty directories are removed, by their exact names; anything else is an
// error that says what it is, and does not keep it from going on.
func RemoveStale(paths []string) error {
	var err error
	for _, path := range paths {
		err = errors.Join(err, removeEmptyDir(path, nil))
	}
	return err
}

// removeEmptyDir removes the directory at path; with only, no other one. It
// looks and removes in one opened parent, so that a swapped parent changes
// nothing. What is gone already is fine.
func removeEmptyDir(path string, only *identity) error {
	path = filepath.Clean(path)
	parent, err := unix.Open(filepath.Dir(path), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return cannot("remove", path, err)
	}
	defer unix.Close(parent)
	name := filepath.Base(path)
	id, err := identify(parent, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return cannot("remove", path, err)
	case !id.isDir():
		return fmt.Errorf("cannot remove %q: it is %s, and a watchpoint is a directory; move it away", path, id.kind())
	case only != nil && !id.same(*only):
		return fmt.Errorf("cannot remove %q: somebody has just replaced it; try again", path)
	}
	err = unix.Unlinkat(parent, name, unix.AT_REMOVEDIR)
	switch {
	case taken(err):
		return fmt.Errorf("cannot remove %q: it is not empty, and a watchpoint is; it holds %s; move that away", path, inside(path))
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return cannot("remove", path, err)
}

func (i identity) kind() string {
	switch i.mode & unix.S_IFMT {
	case unix.S_IFREG:
		return "a file"
	case unix.S_IFLNK:
		return "a symbolic link"
	}
	return "a special file"
}

// inside names what a directory holds, in the order of names.
func inside(path string) string {
	entries, err := os.ReadDir(path)
	if err != nil {
		return "what this user cannot list"
	}
	var names []string
	for _, e := range entries[:min(len(entries), insideShown)] {
		names = append(names, fmt.Sprintf("%q", e.Name()))
	}
	text := strings.Join(names, ", ")
	if more := len(entries) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
