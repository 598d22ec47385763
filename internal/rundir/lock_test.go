package rundir

import (
	"os"
	"path/filepath"
	"testing"
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

func TestALockOnAnUnlinkedFileIsTakenAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	first, err := lockFile(name, os.O_CREATE|os.O_RDWR, exclusive)
	must(t, err)
	defer first.Close()
	must(t, os.Remove(name))
	second, err := lockFile(name, os.O_CREATE|os.O_RDWR, exclusive)
	must(t, err)
	defer second.Close()
	if samePlace(first, name) || !samePlace(second, name) {
		t.Error("the lock is not that of the file in its place")
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
