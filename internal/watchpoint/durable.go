package watchpoint

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"wprun/internal/spot"
)

// Durable returns a handler of the same list whose Create keeps its promise
// through a power cut: when a watchpoint is on the disk, so is all that had been
// written before to its file system and to those of dirs. That takes as long as
// the disk does.
func (h *Handler) Durable(dirs ...string) *Handler {
	return &Handler{keys: h.keys, paths: h.paths, durable: true, written: dirs}
}

// createDurably is create between two writes to the disk.
func (h *Handler) createDurably(path string) error {
	above, err := spot.Locate(filepath.Dir(path))
	if err != nil {
		return err
	}
	if err := syncAll(append([]string{above.Dir}, h.written...)); err != nil {
		return err
	}
	if err := create(path); err != nil {
		return err
	}
	return syncUp(filepath.Dir(path), above.Dir)
}

// syncAll writes the file systems of dirs to their disks, each once. A
// directory that does not exist has nothing to be written.
func syncAll(dirs []string) error {
	synced := map[uint64]bool{}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if isAbsent(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot write the file system of %q to the disk: %w", dir, err)
		}
		if device := spot.IdentityOf(info).Device; !synced[device] {
			synced[device] = true
			err = syncDevice(dir)
		}
		if err != nil {
			return fmt.Errorf("cannot write the file system of %q to the disk: %w", dir, err)
		}
	}
	return nil
}

// syncUp writes a directory to the disk, and those above it up to top: each
// holds the entry of the one below it, which may be new.
func syncUp(dir, top string) error {
	for ; ; dir = filepath.Dir(dir) {
		if err := syncDir(dir); err != nil {
			return fmt.Errorf("cannot write %q to the disk: %w", dir, err)
		}
		if dir == top || dir == filepath.Dir(dir) {
			return nil
		}
	}
}

func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
