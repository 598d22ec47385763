package rundir

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// claims checks what ClaimStale makes of a directory that no record names.
func claims(t *testing.T, project, path string, own bool) {
	t.Helper()
	must(t, os.MkdirAll(path, 0o700))
	foreign, err := ClaimStale(project, []string{path})
	must(t, err)
	if own != (len(foreign) == 0) || own == exists(path) {
		t.Errorf("foreign %q, there: %v; want it to be the file's own: %v", foreign, exists(path), own)
	}
}

func TestAKilledRunMayHaveMadeWhatItIntended(t *testing.T) {
	project := t.TempDir()
	path := filepath.Join(project, "x.watch")
	r := create(t, project, noon)
	must(t, r.RecordIntents([]string{path, filepath.Join(project, "y.watch")}))
	must(t, r.Close())
	claims(t, project, filepath.Join(project, "other.watch"), false)
	must(t, os.WriteFile(path, nil, 0o600))
	if foreign, err := ClaimStale(project, []string{path}); err != nil || !slices.Equal(foreign, []string{path}) {
		t.Errorf("a file is no watchpoint of its: %q, %v", foreign, err)
	}
	must(t, os.Remove(path))
	claims(t, project, path, true)
}

func TestARunThatEndedHasRecordedAllItMade(t *testing.T) {
	project := t.TempDir()
	path := filepath.Join(project, "x.watch")
	r := create(t, project, noon)
	must(t, r.RecordIntents([]string{path}))
	must(t, r.WriteEnded())
	must(t, r.Close())
	claims(t, project, path, false)
	if text, err := os.ReadFile(filepath.Join(project, home, madeName)); len(text) > 0 || err != nil {
		t.Errorf("the registry keeps %q, %v", text, err)
	}
}

// An older intent must not come back when the newer one is over.
func TestTheLastIntentCounts(t *testing.T) {
	project := t.TempDir()
	path, other := filepath.Join(project, "x.watch"), filepath.Join(project, "y.watch")
	first := create(t, project, noon)
	must(t, first.RecordIntents([]string{path, other}))
	must(t, first.Close())
	second := create(t, project, noon.Add(time.Hour))
	must(t, second.RecordIntents([]string{path}))
	must(t, second.WriteEnded())
	must(t, second.Close())
	for range 2 {
		claims(t, project, path, false)
	}
	claims(t, project, other, true)
}

// Somebody has removed the lock of the base.
func TestALiveRunKeepsWhatItIntends(t *testing.T) {
	project := t.TempDir()
	path := filepath.Join(project, "base", "x.watch")
	r := create(t, project, noon)
	must(t, r.WriteInfo(Info{Pid: 4711, Host: "here", Started: noon}))
	must(t, r.RecordIntents([]string{path}))
	_, err := ClaimStale(project, []string{path})
	wantError(t, err, "cannot use the base", "run "+r.ID+" (pid 4711 on here, since 2026-11-22 12:15:30) uses it; stop that run first")
	must(t, r.Close())
	_, err = ClaimStale(project, []string{path})
	must(t, err)
}
