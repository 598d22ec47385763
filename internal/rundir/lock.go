package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// lockLimit is how long a lock may take: a network file system can let even one
// that must not block hang for ever. It passes in lockSteps, of which a process
// that was stopped meanwhile loses only one.
const (
	lockLimit = 2 * time.Second
	lockSteps = 20
)

// The ways to hold a lock; try adds that it must not wait.
const (
	exclusive = unix.LOCK_EX | unix.LOCK_NB
	try       = unix.LOCK_SH | unix.LOCK_NB
	wait      = unix.LOCK_EX
)

var errHeld = errors.New("somebody holds it")

// Live reports whether the run at path still goes on: whether its lock is held,
// from whatever process or machine.
func Live(path string) (bool, error) {
	lock := filepath.Join(path, lockName)
	f, err := lockFile(lock, os.O_RDONLY, try)
	switch {
	case err == nil:
		return false, f.Close()
	case errors.Is(err, errHeld):
		return true, nil
	case !errors.Is(err, fs.ErrNotExist):
		return false, err
	}
	if _, err := os.Stat(path); err != nil {
		return false, cannot("find the run", path, err)
	}
	// Somebody took the lock file away, which ends no run.
	info, err := ReadInfo(path)
	return err == nil && info.alive(), nil
}

// alive looks for the process itself. Of another machine it knows nothing, and
// of an unknown boot only the number.
func (i Info) alive() bool {
	self := Self()
	if i.Host != self.Host || i.BootID != self.BootID || i.Pid <= 0 {
		return false
	}
	return unix.Kill(i.Pid, 0) != unix.ESRCH && pidStart(i.Pid) == i.PidStart
}

// lockFile opens a file and locks it until it is closed. A lock on a file that
// is no longer the one at path would be shared with nobody, so that is tried
// again. Lock files are never unlinked.
func lockFile(path string, flags, how int) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, flags, 0o600)
		if err != nil {
			return nil, cannot("lock", path, err)
		}
		if err := flock(f, how); err != nil {
			return nil, err
		}
		if samePlace(f, path) {
			return f, nil
		}
		_ = f.Close()
		if flags&os.O_CREATE == 0 {
			return nil, cannot("lock", path, fs.ErrNotExist)
		}
	}
}

// flock closes f when it fails.
func flock(f *os.File, how int) error {
	done, gaveUp := make(chan error), make(chan struct{})
	go func() {
		err := flockNow(f, how)
		select {
		case done <- err:
		case <-gaveUp:
			_ = f.Close()
		}
	}()
	for range lockSteps {
		select {
		case err := <-done:
			if err == nil {
				return nil
			}
			_ = f.Close()
			return lockFault(f.Name(), err)
		case <-time.After(lockLimit / lockSteps):
		}
	}
	close(gaveUp)
	return fmt.Errorf("cannot lock %q: no answer within %v; if this is a network file system, put the project on a local one", f.Name(), lockLimit)
}

func lockFault(name string, err error) error {
	switch err {
	case unix.EWOULDBLOCK:
		return fmt.Errorf("cannot lock %q: %w", name, errHeld)
	case unix.ENOLCK, unix.ENOTSUP, unix.ENOSYS:
		return fmt.Errorf("cannot lock %q: %w; this file system has no locks, put the project on a local one", name, err)
	}
	return cannot("lock", name, err)
}

func flockNow(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}

func samePlace(f *os.File, path string) bool {
	mine, err1 := f.Stat()
	there, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(mine, there)
}
