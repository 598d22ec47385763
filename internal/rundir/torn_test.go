package rundir

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestRemoveTornSparesWhatBegins(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	runs := filepath.Dir(r.Path)
	at := func(name string) string { return filepath.Join(runs, name) }
	torn, young, old, begins, foreign := at(".20261122-121530-0001"), at(".20261122-121530-0002"),
		at(".20261122-121530-0003"), at(".20261122-121530-0004"), at(".notes")
	for _, dir := range []string{torn, young, old, begins, foreign} {
		must(t, os.Mkdir(dir, 0o700))
	}
	must(t, os.WriteFile(filepath.Join(torn, lockName), nil, 0o600))
	lock, err := lockFile(filepath.Join(begins, lockName), os.O_CREATE|os.O_RDWR, exclusive)
	must(t, err)
	defer lock.Close()
	must(t, os.Chtimes(old, time.Time{}, time.Now().Add(-time.Hour)))

	removed, err := RemoveTorn(project)
	if err != nil || !slices.Equal(removed, []string{torn, old}) {
		t.Errorf("removed %q, %v", removed, err)
	}
	for _, dir := range []string{young, begins, foreign, r.Path} {
		if !exists(dir) {
			t.Errorf("%s was removed", dir)
		}
	}
	if exists(torn) || exists(old) {
		t.Error("what is torn is still there")
	}
	if removed, err := RemoveTorn(t.TempDir()); len(removed) > 0 || err != nil {
		t.Errorf("of no runs %q, %v", removed, err)
	}
}
