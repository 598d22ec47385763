package rundir

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// OwnBase keeps other runs of the project away from a base that outlives the
// run, until Close. The error names the run that has it.
func (r *Run) OwnBase(base string) error {
	return r.own(baseLock(base), func(who string) error { return inUse(base, who) })
}

// OwnRecords does the same for the records of the project's tasks.
func (r *Run) OwnRecords() error {
	return r.own("records.lock", func(who string) error {
		return fmt.Errorf("cannot use the records of %q: %s uses them; stop that run first", r.Project(), who)
	})
}

// own takes a lock, or returns what held says of who has it.
func (r *Run) own(lock string, held func(who string) error) error {
	name := filepath.Join(r.Project(), home, lock)
	f, err := lockFile(name, os.O_CREATE|os.O_RDWR, exclusive)
	if errors.Is(err, errHeld) {
		return held(r.holder(name))
	}
	if err != nil {
		return err
	}
	r.bases = append(r.bases, f)
	if err := f.Truncate(0); err != nil {
		return cannot("write", name, err)
	}
	_, err = f.WriteAt([]byte(r.ID), 0)
	return cannot("write", name, err)
}

// baseLock is the same for all ways to spell an existing base.
func baseLock(base string) string {
	if real, err := filepath.EvalSymlinks(base); err == nil {
		base = real
	}
	return fmt.Sprintf("base-%x.lock", sha256.Sum256([]byte(base)))
}

// holder reads who wrote its ID into a lock.
func (r *Run) holder(lock string) string {
	id, err := os.ReadFile(lock)
	if err != nil || !isID(string(id)) {
		return "another run"
	}
	return Dir{ID: string(id), Path: filepath.Join(r.Project(), home, runsName, string(id))}.who()
}
