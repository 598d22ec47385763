package rundir

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestARunIsLiveUntilItsLockIsGone(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	for range 2 { // looking changes nothing
		if live, err := Live(r.Path); !live || err != nil {
			t.Errorf("live %v, %v", live, err)
		}
	}
	must(t, r.Close())
	for range 2 {
		if live, err := Live(r.Path); live || err != nil {
			t.Errorf("after the end: live %v, %v", live, err)
		}
	}
	if !exists(filepath.Join(r.Path, "lock")) {
		t.Error("the lock file was unlinked")
	}
}

func TestARunOutlivesItsLockFile(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	must(t, r.WriteInfo(Self()))
	must(t, os.Remove(filepath.Join(r.Path, "lock")))
	if live, err := Live(r.Path); !live || err != nil {
		t.Errorf("live %v, %v", live, err)
	}
	gone := Self()
	gone.PidStart++
	must(t, r.WriteInfo(gone))
	if live, err := Live(r.Path); live || err != nil {
		t.Errorf("with its process gone: live %v, %v", live, err)
	}
}

func TestLiveOfNoRun(t *testing.T) {
	_, err := Live(filepath.Join(t.TempDir(), "none"))
	wantError(t, err, "cannot find the run")
}

func TestObserversDoNotTakeEachOtherForARun(t *testing.T) {
	r := past(t, t.TempDir(), noon)
	observer, err := lockFile(filepath.Join(r.Path, "lock"), os.O_RDONLY, try)
	must(t, err)
	defer observer.Close()
	if live, err := Live(r.Path); live || err != nil {
		t.Errorf("live %v, %v", live, err)
	}
}

func TestALockOnAReplacedFileIsTakenAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	first, err := lockFile(name, os.O_CREATE|os.O_RDWR, exclusive)
	must(t, err)
	id, err := identify(unix.AT_FDCWD, name)
	must(t, err)
	second := make(chan *os.File)
	go func() {
		f, err := lockFile(name, os.O_CREATE|os.O_RDWR, wait)
		if err != nil {
			t.Error(err)
		}
		second <- f
	}()
	awaitBlocked(t, id.Inode)
	must(t, os.Remove(name))
	must(t, first.Close())
	f := <-second
	defer f.Close()
	if !samePlace(f, name) {
		t.Error("the lock is not that of the file in its place")
	}
}

// awaitBlocked waits until somebody waits for the lock of a file.
func awaitBlocked(t *testing.T, inode uint64) {
	t.Helper()
	for range time.Tick(time.Millisecond) {
		locks, err := os.ReadFile("/proc/locks")
		if err != nil {
			t.Skip("this system does not list its locks")
		}
		for line := range strings.Lines(string(locks)) {
			if strings.Contains(line, " -> FLOCK ") && strings.Contains(line, fmt.Sprintf(":%d ", inode)) {
				return
			}
		}
	}
}

func TestABaseHasOneRun(t *testing.T) {
	project := t.TempDir()
	base := filepath.Join(project, "base")
	must(t, os.Mkdir(base, 0o700))
	must(t, os.Symlink("base", filepath.Join(project, "alias")))
	first, second := create(t, project, noon), create(t, project, noon)
	must(t, first.WriteInfo(Info{Pid: 4711, Host: "here", Started: noon}))
	must(t, first.OwnBase(base))
	for _, spelling := range []string{base, filepath.Join(project, "alias")} {
		wantError(t, second.OwnBase(spelling), "cannot use the base", "run "+first.ID+" (pid 4711 on here, since 2026-11-22 12:15:30) uses it; stop that run first")
	}
	must(t, second.OwnBase(filepath.Join(project, "other")))
	must(t, first.Close())
	must(t, second.OwnBase(base))
}
