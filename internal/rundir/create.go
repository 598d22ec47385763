package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Create makes the directory of a new run in the project and points latest at
// it. The run is live until Close or the end of this process.
//
// Directory and lock appear under the run's name in one step, so that no
// observer takes a run that begins for one that is over.
func Create(project string, now time.Time) (*Run, error) {
	project, err := filepath.Abs(project)
	if err != nil {
		return nil, fmt.Errorf("cannot find the current directory: %w", err)
	}
	if err := makeHome(project); err != nil {
		return nil, err
	}
	r, err := claim(filepath.Join(project, home, runsName), func() string {
		defer func() { now = now.Add(idStep) }()
		return newID(now)
	})
	if err != nil {
		return nil, err
	}
	if err := pointLatest(project, r.ID); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

func makeHome(project string) error {
	dir := filepath.Join(project, home)
	for _, d := range []string{dir, filepath.Join(dir, runsName)} {
		if err := makeDir(d); err != nil {
			return err
		}
	}
	ignore := filepath.Join(dir, ".gitignore")
	if _, err := os.Lstat(ignore); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return writeFile(ignore, []byte("*\n"))
}

// claim makes the directory of a run under the first of the IDs that nobody has.
func claim(runs string, nextID func() string) (*Run, error) {
	for {
		id := nextID()
		if _, err := os.Lstat(filepath.Join(runs, id)); err == nil {
			continue
		}
		hidden := filepath.Join(runs, "."+id)
		err := os.Mkdir(hidden, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, cannot("make the directory", hidden, err)
		}
		r, err := furnish(hidden)
		if err != nil {
			return nil, errors.Join(err, os.RemoveAll(hidden))
		}
		r.Dir = Dir{ID: id, Path: filepath.Join(runs, id)}
		r.journal.name = filepath.Join(r.Path, journalName)
		if err = os.Rename(hidden, r.Path); err == nil {
			return r, nil
		}
		_ = r.Close()
		_ = os.RemoveAll(hidden)
		if !taken(err) {
			return nil, cannot("make the directory", r.Path, err)
		}
	}
}

// furnish fills a directory that nobody else knows yet.
func furnish(dir string) (*Run, error) {
	d := Dir{Path: dir}
	for _, sub := range []string{d.Watch(), d.Ask(), d.Logs()} {
		if err := os.Mkdir(sub, 0o700); err != nil {
			return nil, cannot("make the directory", sub, err)
		}
	}
	lock, err := lockFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_RDWR, exclusive)
	if err != nil {
		return nil, err
	}
	journal, err := openJournal(filepath.Join(dir, journalName))
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Run{began: time.Now(), lock: lock, journal: journal}, nil
}

// pointLatest replaces the link in one step. A file system without symbolic
// links goes without; see Latest.
func pointLatest(project, id string) error {
	latest := filepath.Join(project, home, latestName)
	if info, err := os.Lstat(latest); err == nil && info.Mode().Type() != fs.ModeSymlink {
		return fmt.Errorf("cannot point %q at the run: it is no symbolic link; move it away", latest)
	}
	fresh := filepath.Join(project, home, ".latest-"+id)
	err := os.Symlink(filepath.Join(runsName, id), fresh)
	if noSymlinks(err) {
		return nil
	}
	if err != nil {
		return cannot("make the link", fresh, err)
	}
	if err := os.Rename(fresh, latest); err != nil {
		return errors.Join(cannot("replace the link", latest, err), os.Remove(fresh))
	}
	return nil
}
