package files

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A look at a file costs no more memory where many want to know of it.
func TestAFileOfManySetsAllocatesNoMore(t *testing.T) {
	const files = 200
	dir := t.TempDir()
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	looks := func(sets int) float64 {
		var all []Set
		for i := range sets {
			all = append(all, Set{Name: fmt.Sprint(i), Globs: []string{dir + "/**"}})
		}
		w, err := newWatcher(all)
		if err != nil {
			t.Fatal(err)
		}
		w.ctx = t.Context()
		w.scanAll()
		return testing.AllocsPerRun(10, w.scanAll)
	}
	if one, many := looks(1), looks(100); many > one+files {
		t.Errorf("%v allocations for one set, %v for a hundred", one, many)
	}
}
