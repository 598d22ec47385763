package rundir

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// OwnBase keeps other runs of the project away from a base that outlives the
// run, until Close. The error names the run that has it.
func (r *Run) OwnBase(base string) error {
	f, who, err := own(r.Project(), baseLock(base), r.ID)
	if who != "" {
		return inUse(base, who)
	}
	if err == nil {
		r.locks = append(r.locks, f)
	}
	return err
}

// OwnRecords does the same for the records of the project's tasks.
func (r *Run) OwnRecords() error {
	f, err := ownRecords(r.Project(), r.ID)
	if err == nil {
		r.locks = append(r.locks, f)
	}
	return err
}

// OwnRecords keeps runs away from the records of a project, in which nothing need
// have been run, until it is closed.
func OwnRecords(project string) (io.Closer, error) {
	if err := makeHome(project); err != nil {
		return nil, err
	}
	return ownRecords(project, "")
}

func ownRecords(project, id string) (*os.File, error) {
	f, who, err := own(project, "records.lock", id)
	if who != "" {
		return nil, fmt.Errorf("cannot use the records of %q: %s uses them; stop that run first", project, who)
	}
	return f, err
}

// own takes a lock for a run, or says who has it.
func own(project, lock, id string) (f *os.File, who string, err error) {
	name := filepath.Join(project, home, lock)
	f, err = lockFile(name, os.O_CREATE|os.O_RDWR, exclusive)
	if errors.Is(err, errHeld) {
		return nil, holder(project, name), nil
	}
	if err != nil {
		return nil, "", err
	}
	if err = f.Truncate(0); err == nil {
		_, err = f.WriteAt([]byte(id), 0)
	}
	if err != nil {
		return nil, "", errors.Join(cannot("write", name, err), f.Close())
	}
	return f, "", nil
}

// baseLock is the same for all ways to spell an existing base.
func baseLock(base string) string {
	if real, err := filepath.EvalSymlinks(base); err == nil {
		base = real
	}
	return fmt.Sprintf("base-%x.lock", sha256.Sum256([]byte(base)))
}

// holder reads who wrote its ID into a lock.
func holder(project, lock string) string {
	id, err := os.ReadFile(lock)
	if err != nil || !isID(string(id)) {
		return "another run"
	}
	return Dir{ID: string(id), Path: filepath.Join(project, home, runsName, string(id))}.who()
}
