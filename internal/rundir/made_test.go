package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// watchpoint is a directory in a base that outlives the run, made by r if it is
// not nil.
func watchpoint(t *testing.T, r *Run, path string) string {
	t.Helper()
	must(t, os.MkdirAll(path, 0o700))
	if r != nil {
		must(t, r.RecordMade(path))
	}
	return path
}

func registry(t *testing.T, project string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(project, ".wprun", "made.jsonl"))
	if !errors.Is(err, fs.ErrNotExist) {
		must(t, err)
	}
	var names []string
	for _, record := range parseMade(data) {
		names = append(names, filepath.Base(record.Path))
	}
	return names
}

func TestClaimStaleTakesWhatARunMadeAndNamesTheRest(t *testing.T) {
	project, base := t.TempDir(), t.TempDir()
	at := func(name string) string { return filepath.Join(base, name) }
	r := create(t, project, noon)
	made := watchpoint(t, r, at("made.watch"))
	unasked := watchpoint(t, r, at("unasked.watch"))
	gone := watchpoint(t, r, at("gone.watch"))
	foreign := watchpoint(t, nil, at("foreign.watch"))
	file, link := at("file.watch"), at("link.watch")
	must(t, os.WriteFile(file, nil, 0o600))
	must(t, os.Symlink(made, link))
	must(t, os.Remove(gone))
	must(t, r.Close())

	got, err := ClaimStale(project, []string{made, gone, foreign, file, link, at("never.watch")})
	must(t, err)
	if want := []string{foreign, file, link}; !slices.Equal(got, want) {
		t.Errorf("foreign %q, want %q", got, want)
	}
	for _, path := range []string{made, foreign, file, link, unasked} {
		if !exists(path) {
			t.Errorf("%s was removed", path)
		}
	}
	got, err = ClaimStale(project, []string{made, gone, at("never.watch")})
	if err != nil || len(got) != 0 || exists(made) || !exists(unasked) {
		t.Errorf("foreign %q, %v; made is there: %v", got, err, exists(made))
	}
	if got := registry(t, project); !slices.Equal(got, []string{"unasked.watch"}) {
		t.Errorf("registry %q", got)
	}
}

func TestWhatReplacedAWatchpointIsForeign(t *testing.T) {
	replace := map[string]func(path string) error{
		"directory": func(path string) error { return os.Mkdir(path, 0o700) }, // often with the same inode number
		"file":      func(path string) error { return os.WriteFile(path, nil, 0o600) },
		"link":      func(path string) error { return os.Symlink("/", path) },
	}
	for name, put := range replace {
		t.Run(name, func(t *testing.T) {
			project := t.TempDir()
			r := create(t, project, noon)
			path := watchpoint(t, r, filepath.Join(project, "base", "x.watch"))
			if id, _ := identify(unix.AT_FDCWD, path); id.Born == 0 && name == "directory" {
				t.Skip("this file system does not tell the time of birth")
			}
			must(t, os.Remove(path))
			must(t, put(path))
			must(t, r.Close())
			foreign, err := ClaimStale(project, []string{path})
			if err != nil || !slices.Equal(foreign, []string{path}) || !exists(path) {
				t.Errorf("foreign %q, %v", foreign, err)
			}
			if got := registry(t, project); len(got) != 0 {
				t.Errorf("registry %q", got)
			}
		})
	}
}

func TestARecordHoldsForItsPathOnly(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	path := watchpoint(t, r, filepath.Join(project, "x.watch"))
	moved := filepath.Join(project, "y.watch")
	must(t, os.Rename(path, moved))
	must(t, r.Close())
	foreign, err := ClaimStale(project, []string{moved})
	if err != nil || !slices.Equal(foreign, []string{moved}) || !exists(moved) {
		t.Errorf("foreign %q, %v", foreign, err)
	}
}

func TestClaimStaleKeepsAWatchpointThatHoldsFiles(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	full := watchpoint(t, r, filepath.Join(project, "full.watch"))
	other := watchpoint(t, r, filepath.Join(project, "other.watch"))
	for n := range 7 {
		must(t, os.WriteFile(filepath.Join(full, fmt.Sprintf("notes%d", n)), nil, 0o600))
	}
	must(t, r.Close())
	_, err := ClaimStale(project, []string{full, other})
	wantError(t, err, fmt.Sprintf("cannot remove %q: it is not empty", full), `it holds "notes0", "notes1", "notes2", "notes3", "notes4" and 2 more; move that away`)
	if len(entries(t, full)) != 7 || exists(other) {
		t.Error("the full one lost files, or the other is still there")
	}
	if got := registry(t, project); !slices.Equal(got, []string{"full.watch"}) {
		t.Errorf("registry %q", got)
	}
}

func TestClaimStaleSparesALiveRun(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	must(t, r.WriteInfo(Info{Pid: 4711, Host: "here", Started: noon}))
	path := watchpoint(t, r, filepath.Join(project, "x.watch"))
	_, err := ClaimStale(project, []string{path})
	wantError(t, err, "cannot remove", "run "+r.ID+" (pid 4711 on here, since 2026-11-22 12:15:30) made it and is live; stop that run first")
	if !exists(path) {
		t.Fatal("it was removed")
	}
	must(t, r.Close())
	foreign, err := ClaimStale(project, []string{path})
	if err != nil || len(foreign) != 0 || exists(path) {
		t.Errorf("after its end: foreign %q, %v", foreign, err)
	}
}

func TestRecordsOutliveTheirRun(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	path := watchpoint(t, r, filepath.Join(project, "x.watch"))
	must(t, r.Close())
	past(t, project, noon.Add(time.Hour))
	must(t, Prune(project, 0))
	foreign, err := ClaimStale(project, []string{path})
	if err != nil || len(foreign) != 0 || exists(path) {
		t.Errorf("foreign %q, %v", foreign, err)
	}
}

func TestATornRegistryMakesForeign(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	whole := watchpoint(t, r, filepath.Join(project, "whole.watch"))
	torn := watchpoint(t, r, filepath.Join(project, "torn.watch"))
	must(t, r.Close())
	name := filepath.Join(project, ".wprun", "made.jsonl")
	data, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, data[:len(data)-9], 0o600))
	foreign, err := ClaimStale(project, []string{whole, torn})
	if err != nil || !slices.Equal(foreign, []string{torn}) {
		t.Errorf("foreign %q, %v", foreign, err)
	}
	must(t, os.Remove(torn))
	r = create(t, project, noon)
	watchpoint(t, r, torn)
	if got := registry(t, project); !slices.Equal(got, []string{"whole.watch", "torn.watch"}) {
		t.Errorf("registry %q", got)
	}
}

func TestRecordMade(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	must(t, r.RecordMade(filepath.Join(project, "gone.watch")))
	file := filepath.Join(project, "file.watch")
	must(t, os.WriteFile(file, nil, 0o600))
	wantError(t, r.RecordMade(file), "cannot record", "it is no directory")
	if got := registry(t, project); len(got) != 0 {
		t.Errorf("registry %q", got)
	}
}

func TestWhatIsOlderThanTheRunIsNotItsOwn(t *testing.T) {
	project := t.TempDir()
	old := watchpoint(t, nil, filepath.Join(project, "old.watch"))
	r := create(t, project, noon)
	if id, _ := identify(unix.AT_FDCWD, r.Path); id.Born == 0 {
		t.Skip("this file system does not tell the time of birth")
	}
	for id, _ := identify(unix.AT_FDCWD, r.Path); ; { // the clock of births is coarse
		before, err := identify(unix.AT_FDCWD, old)
		must(t, err)
		if before.Born < id.Born {
			break
		}
		must(t, r.Close())
		r = create(t, project, noon)
		id, err = identify(unix.AT_FDCWD, r.Path)
		must(t, err)
	}
	fresh := watchpoint(t, nil, filepath.Join(project, "fresh.watch"))
	must(t, r.RecordMade(old))
	must(t, r.RecordMade(fresh))
	if got := registry(t, project); !slices.Equal(got, []string{"fresh.watch"}) {
		t.Errorf("registry %q", got)
	}
}

func TestRemoveStale(t *testing.T) {
	base := t.TempDir()
	at := func(name string) string { return filepath.Join(base, name) }
	empty, other := watchpoint(t, nil, at("empty.watch")), watchpoint(t, nil, at("other.watch"))
	full := filepath.Dir(watchpoint(t, nil, at("full.watch/inner")))
	must(t, os.WriteFile(at("file.watch"), []byte("mine"), 0o600))
	must(t, os.Symlink(base, at("link.watch")))
	must(t, unix.Mkfifo(at("fifo.watch"), 0o600))
	err := RemoveStale([]string{
		empty, full, at("file.watch"), at("link.watch"), at("fifo.watch"), at("none.watch"), at("no/base.watch"), at("file.watch/x.watch"), other + "/",
	})
	want := []string{
		full + `": it is not empty, and a watchpoint is; it holds "inner"; move that away`,
		at("file.watch") + `": it is a file, and a watchpoint is a directory; move it away`,
		at("link.watch") + `": it is a symbolic link, and`,
		at("fifo.watch") + `": it is a special file, and`,
		at("file.watch/x.watch") + `": not a directory; a file is where a directory should be`,
	}
	wantError(t, err, want...)
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(want) {
		t.Errorf("%d errors: %v", lines, err)
	}
	if got := entries(t, base); !slices.Equal(got, []string{"fifo.watch", "file.watch", "full.watch", "link.watch"}) {
		t.Errorf("left: %q", got)
	}
	if !exists(at("full.watch/inner")) {
		t.Error("it removed recursively")
	}
}

func TestRemovalLooksOnceMore(t *testing.T) {
	path := watchpoint(t, nil, filepath.Join(t.TempDir(), "x.watch"))
	id, err := identify(unix.AT_FDCWD, path)
	must(t, err)
	id.Inode++
	wantError(t, removeEmptyDir(path, &id), "somebody has just replaced it")
	if !exists(path) {
		t.Error("it was removed")
	}
}
