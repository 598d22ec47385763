package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// FindProject returns the nearest directory, from dir upwards, in which
// something has been run.
func FindProject(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cannot find the current directory: %w", err)
	}
	for at := start; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, home)); err == nil && info.IsDir() {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("cannot find a run in %q or above it: nothing has been run there yet; start with \"wprun run\"", start)
		}
	}
}

// Latest returns the path of the run that was started last.
func Latest(project string) (string, error) {
	project, err := filepath.Abs(project)
	if err != nil {
		return "", fmt.Errorf("cannot find the current directory: %w", err)
	}
	if target, err := latestID(project); err == nil {
		return filepath.Join(project, home, runsName, target), nil
	}
	dirs, err := List(project)
	if err != nil {
		return "", err
	}
	if len(dirs) == 0 {
		return "", fmt.Errorf("cannot find a run in %q: nothing has been run there yet; start with \"wprun run\"", project)
	}
	return dirs[len(dirs)-1].Path, nil
}

// latestID follows the link; an error where it is missing or leads to no run.
func latestID(project string) (string, error) {
	target, err := os.Readlink(filepath.Join(project, home, latestName))
	if err != nil {
		return "", err
	}
	id := filepath.Base(target)
	if !isID(id) || target != filepath.Join(runsName, id) {
		return "", fs.ErrNotExist
	}
	_, err = os.Stat(filepath.Join(project, home, target))
	return id, err
}

// List returns the runs of a project, oldest first, live or over. A project in
// which nothing has been run has none.
func List(project string) ([]Dir, error) {
	project, err := filepath.Abs(project)
	if err != nil {
		return nil, fmt.Errorf("cannot find the current directory: %w", err)
	}
	runs, entries, err := entriesOf(project)
	if err != nil {
		return nil, err
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() || !isID(e.Name()) })
	dirs := make([]Dir, len(entries))
	for i, e := range entries {
		dirs[i] = Dir{ID: e.Name(), Path: filepath.Join(runs, e.Name())}
	}
	return dirs, nil
}

// entriesOf lists the folder of a project's runs, which need not be there.
func entriesOf(project string) (runs string, entries []fs.DirEntry, err error) {
	runs = filepath.Join(project, home, runsName)
	entries, err = os.ReadDir(runs)
	if errors.Is(err, fs.ErrNotExist) {
		return runs, nil, nil
	}
	return runs, entries, cannot("list", runs, err)
}

// Open finds the run at path, which may be the link latest.
func Open(path string) (Dir, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Dir{}, cannot("find the run", path, err)
	}
	real, err = filepath.Abs(real)
	if err != nil {
		return Dir{}, fmt.Errorf("cannot find the current directory: %w", err)
	}
	if _, err := os.Stat(filepath.Join(real, journalName)); err != nil {
		return Dir{}, fmt.Errorf("cannot open %q: it is not the directory of a run; those are in .wprun/runs", path)
	}
	return Dir{ID: filepath.Base(real), Path: real}, nil
}

// Prune removes the oldest runs that are over, beyond the newest keep of them.
// It removes neither a live run nor the latest. What cannot be removed does not
// keep it from going on.
func Prune(project string, keep int) error {
	latest, _ := latestID(project)
	over, err := over(project)
	for _, d := range over[:max(0, len(over)-max(0, keep))] {
		if d.ID != latest {
			err = errors.Join(err, d.remove())
		}
	}
	return err
}

// RemoveOver removes all runs that are over, and returns how many there were.
func RemoveOver(project string) (removed int, err error) {
	over, err := over(project)
	for _, d := range over {
		if e := d.remove(); e != nil {
			err = errors.Join(err, e)
			continue
		}
		removed++
	}
	if _, e := latestID(project); errors.Is(e, fs.ErrNotExist) {
		e = os.Remove(filepath.Join(project, home, latestName))
		if !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, cannot("remove", latestName, e))
		}
	}
	return removed, err
}

// over lists the runs that are not live. Beside an error it has those of which that
// is known.
func over(project string) ([]Dir, error) {
	dirs, err := List(project)
	if err != nil {
		return nil, err
	}
	dirs = slices.DeleteFunc(dirs, func(d Dir) bool {
		live, liveErr := Live(d.Path)
		if liveErr != nil && !errors.Is(liveErr, fs.ErrNotExist) {
			err = errors.Join(err, liveErr)
		}
		return live || liveErr != nil
	})
	return dirs, err
}

// remove hides the run first, so that a kill leaves no half of it in sight.
func (d Dir) remove() error {
	hidden := filepath.Join(filepath.Dir(d.Path), "."+d.ID)
	err := os.Rename(d.Path, hidden)
	if err == nil {
		Dir{Path: hidden}.removeWatchpoints()
		err = os.RemoveAll(hidden)
	}
	return cannot("remove the old run", d.Path, err)
}

// removeWatchpoints removes what is empty, as a watchpoint is, in one system call
// each; os.RemoveAll takes eight.
func (d Dir) removeWatchpoints() {
	watch, err := os.OpenFile(d.Watch(), os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return // os.RemoveAll will say why
	}
	defer watch.Close()
	names, _ := watch.Readdirnames(-1)
	for _, name := range names {
		_ = unix.Unlinkat(int(watch.Fd()), name, unix.AT_REMOVEDIR)
	}
}
