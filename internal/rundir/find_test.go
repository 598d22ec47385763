package rundir

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestFindProject(t *testing.T) {
	outer := t.TempDir()
	inner := filepath.Join(outer, "a", "inner")
	deep := filepath.Join(inner, "b", "c")
	must(t, os.MkdirAll(deep, 0o700))
	_, err := FindProject(deep)
	wantError(t, err, "cannot find a run in", `start with "wprun run"`)
	must(t, os.Mkdir(filepath.Join(outer, ".wprun"), 0o700))
	for _, tt := range []struct{ from, want string }{{deep, outer}, {outer, outer}} {
		if got, err := FindProject(tt.from); err != nil || got != tt.want {
			t.Errorf("from %s: %q, %v", tt.from, got, err)
		}
	}
	must(t, os.Mkdir(filepath.Join(inner, ".wprun"), 0o700))
	must(t, os.WriteFile(filepath.Join(deep, ".wprun"), nil, 0o600)) // a file is none
	if got, err := FindProject(deep); err != nil || got != inner {
		t.Errorf("%q, %v", got, err)
	}
}

func TestLatest(t *testing.T) {
	project := t.TempDir()
	_, err := Latest(project)
	wantError(t, err, "cannot find a run in", `start with "wprun run"`)
	newer := past(t, project, noon.Add(time.Hour))
	last := past(t, project, noon) // the clock was put back
	want := func(path string) {
		t.Helper()
		if got, err := Latest(project); err != nil || got != path {
			t.Errorf("latest is %q, %v", got, err)
		}
	}
	want(last.Path)
	link := filepath.Join(project, ".wprun", "latest")
	must(t, os.Remove(link))
	want(newer.Path) // a file system without links
	must(t, os.Mkdir(filepath.Join(project, ".wprun", "runs", "notes"), 0o700))
	must(t, os.Symlink("runs/notes", link))
	want(newer.Path)
	must(t, os.Remove(link))
	must(t, os.Symlink("runs/20200101-000000-0000", link))
	want(newer.Path)
}

func TestOpen(t *testing.T) {
	project := t.TempDir()
	r := past(t, project, noon)
	for _, path := range []string{r.Path, filepath.Join(project, ".wprun", "latest")} {
		if got, err := Open(path); err != nil || got != r {
			t.Errorf("%s: %v, %v", path, got, err)
		}
	}
	_, err := Open(project)
	wantError(t, err, "cannot open", "it is not the directory of a run; those are in .wprun/runs")
	_, err = Open(filepath.Join(project, "none"))
	wantError(t, err, "cannot find the run")
}

func TestList(t *testing.T) {
	project := t.TempDir()
	if dirs, err := List(project); err != nil || len(dirs) != 0 {
		t.Errorf("%v, %v", dirs, err)
	}
	b, a := past(t, project, noon), past(t, project, noon.Add(-time.Hour))
	runs := filepath.Dir(a.Path)
	must(t, os.Mkdir(filepath.Join(runs, "notes"), 0o700))
	must(t, os.Mkdir(filepath.Join(runs, "."+newID(noon)), 0o700))
	must(t, os.WriteFile(filepath.Join(runs, newID(noon.Add(time.Minute))), nil, 0o600))
	if dirs, err := List(project); err != nil || !slices.Equal(dirs, []Dir{a, b}) {
		t.Errorf("%v, %v", dirs, err)
	}
}

func TestPruneKeepsTheNewest(t *testing.T) {
	for _, keep := range []int{-1, 0, 1, 3, 5, 6, 100} {
		t.Run(fmt.Sprint(keep), func(t *testing.T) {
			project := t.TempDir()
			var dirs []Dir
			for hour := range 5 {
				dirs = append(dirs, past(t, project, noon.Add(time.Duration(hour)*time.Hour)))
			}
			must(t, Prune(project, keep))
			want := dirs[max(0, 5-max(keep, 1)):] // the latest stays in any case
			if got, err := List(project); err != nil || !slices.Equal(got, want) {
				t.Errorf("%v, %v, want %v", got, err, want)
			}
		})
	}
}

func TestPruneSparesTheLiveAndTheLatest(t *testing.T) {
	project := t.TempDir()
	live := create(t, project, noon)
	unlocked := create(t, project, noon.Add(time.Second))
	must(t, unlocked.WriteInfo(Self()))
	must(t, os.Remove(filepath.Join(unlocked.Path, "lock")))
	over := past(t, project, noon.Add(2*time.Second))
	latest := past(t, project, noon.Add(-time.Hour))
	must(t, os.MkdirAll(filepath.Join(over.Watch(), "x.watch"), 0o700))
	must(t, Prune(project, 0))
	for _, d := range []Dir{live.Dir, unlocked.Dir, latest} {
		if !exists(filepath.Join(d.Path, "events.jsonl")) {
			t.Errorf("%s was removed", d.ID)
		}
	}
	if exists(over.Path) {
		t.Error("the run that is over is still there")
	}
}

func TestPruneCountsOnlyRunsThatAreOver(t *testing.T) {
	project := t.TempDir()
	old := past(t, project, noon)
	for second := range 3 {
		create(t, project, noon.Add(time.Duration(second+1)*time.Second))
	}
	must(t, Prune(project, 1))
	if !exists(old.Path) {
		t.Error("the only run that is over was removed")
	}
}

func TestPruneTouchesNothingElse(t *testing.T) {
	project, elsewhere := t.TempDir(), t.TempDir()
	runs := filepath.Dir(past(t, project, noon).Path)
	precious := filepath.Join(elsewhere, "precious")
	must(t, os.WriteFile(precious, nil, 0o600))
	kept := []string{
		filepath.Join(runs, "notes"),
		filepath.Join(runs, "20200101-000000-00zz"),
		filepath.Join(runs, "20200101-000000-0000.old"),
	}
	for _, dir := range kept {
		must(t, os.Mkdir(dir, 0o700))
	}
	file, link := filepath.Join(runs, "20200101-000000-0001"), filepath.Join(runs, "20200101-000000-0002")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.Symlink(elsewhere, link))
	old := past(t, project, noon.Add(-time.Hour))
	must(t, os.Symlink(elsewhere, filepath.Join(old.Watch(), "link")))
	empty, older := filepath.Join(elsewhere, "empty"), past(t, project, noon.Add(-2*time.Hour))
	must(t, os.Mkdir(empty, 0o700))
	must(t, os.Remove(older.Watch()))
	must(t, os.Symlink(elsewhere, older.Watch()))
	must(t, os.Remove(filepath.Join(project, ".wprun", "latest")))
	must(t, Prune(project, 0))
	if exists(old.Path) || exists(older.Path) {
		t.Error("the old runs are still there")
	}
	for _, path := range append(kept, file, link, precious, empty) {
		if !exists(path) {
			t.Errorf("%s was removed", path)
		}
	}
}

func TestPruneWithoutRuns(t *testing.T) {
	must(t, Prune(t.TempDir(), 1))
}

func TestDiscardLeavesNoTrace(t *testing.T) {
	project := t.TempDir()
	refused := create(t, project, noon)
	must(t, refused.Discard())
	if _, err := Latest(project); err == nil {
		t.Error("there is a latest run without any run")
	}
	before := past(t, project, noon)
	refused = create(t, project, noon.Add(time.Minute))
	must(t, refused.Discard())
	latest, err := Latest(project)
	if err != nil || latest != before.Path {
		t.Errorf("latest is %q, %v; want %q", latest, err, before.Path)
	}
	if dirs, _ := List(project); !slices.Equal(dirs, []Dir{before}) {
		t.Errorf("runs %v", dirs)
	}
}

func TestRemoveOverSparesTheLive(t *testing.T) {
	project := t.TempDir()
	live := create(t, project, noon)
	for second := range 3 {
		past(t, project, noon.Add(time.Duration(second+1)*time.Second))
	}
	if n, err := RemoveOver(project); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if got, err := List(project); err != nil || !slices.Equal(got, []Dir{live.Dir}) {
		t.Errorf("%v, %v", got, err)
	}
	must(t, live.Close())
	if n, err := RemoveOver(project); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if _, err := Latest(project); err == nil {
		t.Error("there is a latest run still")
	}
}
