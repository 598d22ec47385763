package rundir

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tornAge is how old a directory without a lock must be to belong to nobody: its
// maker puts the lock into it at once.
const tornAge = 10 * time.Second

// RemoveTorn removes the directories of runs that a kill has left half made or
// half removed, and returns their paths. It spares those of a run that begins.
func RemoveTorn(project string) (removed []string, err error) {
	runs, entries, err := entriesOf(project)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		id, hidden := strings.CutPrefix(e.Name(), ".")
		if !hidden || !isID(id) || !e.IsDir() {
			continue
		}
		dir := filepath.Join(runs, e.Name())
		torn, lookErr := isTorn(dir)
		if lookErr == nil && torn {
			lookErr = cannot("remove", dir, os.RemoveAll(dir))
			removed = append(removed, dir)
		}
		err = errors.Join(err, lookErr)
	}
	return removed, err
}

func isTorn(dir string) (bool, error) {
	lock, err := lockFile(filepath.Join(dir, lockName), os.O_RDWR, exclusive)
	switch {
	case err == nil:
		return true, lock.Close()
	case errors.Is(err, errHeld):
		return false, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // it has begun
	}
	return err == nil && time.Since(info.ModTime()) > tornAge, err
}
