package record

import (
	"context"
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

// file is a path that was found, with what stat says if that is known.
type file struct {
	path string
	status
}

// stat follows a link to a file; one to a directory or to nowhere is looked at
// itself.
func (f file) stat() (status, error) {
	if f.mode != 0 {
		return f.status, nil
	}
	now, err := stat(f.path)
	if absent(err) || err == nil && now.isDir() {
		return lstat(f.path)
	}
	return now, err
}

// finder resolves one pattern.
type finder struct {
	ctx     context.Context
	pattern string
	files   []file
}

// find returns the files that a pattern stands for. A directory that it matches
// stands for all that is in it, hidden files too, but for .git and .wprun.
func find(ctx context.Context, pattern string) ([]file, error) {
	globs, err := glob.Parse(pattern)
	if err != nil {
		return nil, fmt.Errorf("cannot understand the pattern %q: %w", pattern, err)
	}
	f := finder{ctx: ctx, pattern: pattern}
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
	return f.files, nil
}

// take adds what matches, if it is there.
func (f *finder) take(path string) error {
	now, err := stat(path)
	if absent(err) {
		now, err = lstat(path) // a link to nowhere
	}
	switch {
	case absent(err):
		return nil
	case err != nil:
		return err
	case now.isDir():
		return f.all(path)
	}
	return f.add(file{path, now})
}

func (f *finder) add(found file) error {
	if len(f.files) == mostFiles {
		return fmt.Errorf("cannot compare more than %d files: %q has more; write a narrower pattern", mostFiles, f.pattern)
	}
	f.files = append(f.files, found)
	return nil
}

// all adds what is in a directory, through no symbolic link; an empty directory
// is there by itself.
func (f *finder) all(dir string) error {
	entries, err := f.list(dir)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, ignored)
	if len(entries) == 0 {
		return f.add(file{path: dir})
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if e.IsDir() {
			err = f.all(path)
		} else {
			err = f.add(file{path: path})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns nothing for a directory that is not there any more.
func (f *finder) list(dir string) ([]fs.DirEntry, error) {
	if err := f.ctx.Err(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if absent(err) {
		return nil, nil
	}
	return entries, err
}

// walk adds what matches below a directory.
func (f *finder) walk(g glob.Glob, dir string, s glob.State) error {
	entries, err := f.list(dir)
	if err != nil {
		return err
	}
	for _, e := range slices.DeleteFunc(entries, ignored) {
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

// matched takes an entry. What ** leads to in directories comes by itself, and it
// goes through no link.
func (f *finder) matched(g glob.Glob, path string, e fs.DirEntry) error {
	switch {
	case !g.Recursive():
		return f.take(path)
	case e.IsDir():
		return nil
	}
	return f.add(file{path: path})
}

// ignored says that an entry of a directory is git's or wprun's own.
func ignored(e fs.DirEntry) bool {
	return glob.Ignored(e.Name()) || isOwn(e.Name())
}

// absent says that nothing is at a path.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

func isDir(path string) bool {
	now, err := stat(path)
	return err == nil && now.isDir()
}
