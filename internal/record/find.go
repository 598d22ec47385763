package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"wprun/internal/glob"
)

// mostFiles bounds what one pattern may stand for.
const mostFiles = 100_000

// finder resolves one pattern.
type finder struct {
	pattern string
	paths   []string
}

// find returns the files that a pattern stands for, sorted. A directory that it
// matches stands for all that is in it, hidden files too, but for .git and .wprun.
func find(pattern string) ([]string, error) {
	globs, err := glob.Parse(pattern)
	if err != nil {
		return nil, fmt.Errorf("cannot understand the pattern %q: %w", pattern, err)
	}
	f := finder{pattern: pattern}
	for _, g := range globs {
		if path, ok := g.Literal(); ok {
			err = f.take(path)
		} else {
			err = f.walk(g, g.Root, g.Start())
		}
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(f.paths)
	return slices.Compact(f.paths), nil
}

// take adds what matches, if it is there.
func (f *finder) take(path string) error {
	info, err := os.Stat(path)
	if absent(err) {
		info, err = os.Lstat(path) // a link to nowhere
	}
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return f.all(path)
	}
	return f.add(path)
}

func (f *finder) add(path string) error {
	if len(f.paths) == mostFiles {
		return fmt.Errorf("cannot compare more than %d files: %q has more; write a narrower pattern", mostFiles, f.pattern)
	}
	f.paths = append(f.paths, path)
	return nil
}

// all adds what is in a directory, through no symbolic link; an empty directory
// is there by itself.
func (f *finder) all(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return glob.Ignored(e.Name()) })
	if len(entries) == 0 {
		return f.add(dir)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			err = f.all(path)
		} else {
			err = f.add(path)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// walk adds what matches below a directory.
func (f *finder) walk(g glob.Glob, dir string, s glob.State) error {
	entries, err := os.ReadDir(dir)
	if absent(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		link := e.Type()&fs.ModeSymlink != 0
		next := g.Next(s, e.Name(), link)
		if g.Matches(next) {
			err = f.matched(g, path, e)
		}
		if err == nil && g.Leads(next) && (e.IsDir() || link && isDir(path)) {
			err = f.walk(g, path, next)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// matched takes an entry; what ** leads to in directories comes by itself.
func (f *finder) matched(g glob.Glob, path string, e fs.DirEntry) error {
	if e.IsDir() && g.Recursive() {
		return nil
	}
	return f.take(path)
}

// absent says that nothing is at a path.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
