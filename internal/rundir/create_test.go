package rundir

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

var noon = time.Date(2026, 11, 22, 12, 15, 30, 0, time.UTC)

func create(t *testing.T, project string, now time.Time) *Run {
	t.Helper()
	r, err := Create(project, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// past is a run that is over.
func past(t *testing.T, project string, now time.Time) Dir {
	t.Helper()
	r := create(t, project, now)
	must(t, r.Close())
	return r.Dir
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", parts)
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q, want %q", err, part)
		}
	}
}

func TestCreateLaysOutTheRun(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	if !strings.HasPrefix(r.ID, "20261122-121530-") || !isID(r.ID) {
		t.Errorf("ID %q", r.ID)
	}
	if want := filepath.Join(project, ".wprun", "runs", r.ID); r.Path != want {
		t.Errorf("path %q, want %q", r.Path, want)
	}
	for _, name := range []string{"watch", "logs", "ask", "lock", "events.jsonl"} {
		if !exists(filepath.Join(r.Path, name)) {
			t.Errorf("%s is missing", name)
		}
	}
	if r.Watch() != filepath.Join(r.Path, "watch") || r.Logs() != filepath.Join(r.Path, "logs") || r.Ask() != filepath.Join(r.Path, "ask") || r.Project() != project {
		t.Errorf("%q %q %q %q", r.Watch(), r.Logs(), r.Ask(), r.Project())
	}
	if ignore, err := os.ReadFile(filepath.Join(project, ".wprun", ".gitignore")); err != nil || string(ignore) != "*\n" {
		t.Errorf(".gitignore %q, %v", ignore, err)
	}
	for _, dir := range []string{filepath.Join(project, ".wprun"), r.Path, r.Watch()} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v", dir, info.Mode())
		}
	}
	if target, err := os.Readlink(filepath.Join(project, ".wprun", "latest")); err != nil || target != "runs/"+r.ID {
		t.Errorf("latest -> %q, %v", target, err)
	}
	if names := entries(t, filepath.Join(project, ".wprun")); !cmp.Equal(names, []string{".gitignore", "latest", "runs"}) {
		t.Errorf("left over: %q", names)
	}
}

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestCreateLeavesTheUsersOwnSettings(t *testing.T) {
	project := t.TempDir()
	dir := filepath.Join(project, ".wprun")
	must(t, os.Mkdir(dir, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("runs\n"), 0o600))
	create(t, project, noon)
	if text, _ := os.ReadFile(filepath.Join(dir, ".gitignore")); string(text) != "runs\n" {
		t.Errorf(".gitignore is now %q", text)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o755 {
		t.Errorf("mode is now %v", info.Mode())
	}
}

func TestIDsAreInUTC(t *testing.T) {
	east := time.FixedZone("east", 5*3600)
	if id := newID(noon.In(east)); !strings.HasPrefix(id, "20261122-121530-") {
		t.Errorf("ID %q", id)
	}
}

func TestCreatesNeverShareADirectory(t *testing.T) {
	project := t.TempDir()
	const callers, each = 8, 25
	paths := make(chan string, callers*each)
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for range each {
				r, err := Create(project, noon)
				if err != nil {
					t.Error(err)
					return
				}
				if live, err := Live(r.Path); !live || err != nil {
					t.Errorf("live %v, %v", live, err)
				}
				paths <- r.Path
				if err := r.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	close(paths)
	seen := map[string]bool{}
	for path := range paths {
		if seen[path] {
			t.Errorf("%s twice", path)
		}
		seen[path] = true
	}
	if names := entries(t, filepath.Join(project, ".wprun", "runs")); len(names) != len(seen) {
		t.Errorf("%d entries for %d runs", len(names), len(seen))
	}
}

func TestATakenIDIsPassedOver(t *testing.T) {
	runs := t.TempDir()
	ids := []string{"20261122-121530-0001", "20261122-121530-0002", "20261122-121530-0003"}
	must(t, os.MkdirAll(filepath.Join(runs, ids[0], "watch"), 0o700)) // a run
	must(t, os.Mkdir(filepath.Join(runs, "."+ids[1]), 0o700))         // one that begins
	next := -1
	r, err := claim(runs, func() string { next++; return ids[next] })
	must(t, err)
	defer r.Close()
	if r.ID != ids[2] || len(entries(t, filepath.Join(runs, ids[0]))) != 1 {
		t.Errorf("ID %s", r.ID)
	}
	if names := entries(t, runs); !cmp.Equal(names, []string{"." + ids[1], ids[0], ids[2]}) {
		t.Errorf("left over: %q", names)
	}
}

func TestCreateErrors(t *testing.T) {
	file := func(path ...string) func(*testing.T, string) {
		return func(t *testing.T, project string) {
			name := filepath.Join(append([]string{project}, path...)...)
			must(t, os.MkdirAll(filepath.Dir(name), 0o700))
			must(t, os.WriteFile(name, []byte("mine"), 0o600))
		}
	}
	tests := []struct {
		name    string
		prepare func(*testing.T, string)
		want    []string
	}{
		{".wprun is a file", file(".wprun"), []string{"cannot keep runs in", ".wprun\": it is no directory; move it away"}},
		{"runs is a file", file(".wprun", "runs"), []string{"runs\": it is no directory; move it away"}},
		{"latest is a file", file(".wprun", "latest"), []string{"latest\" at the run: it is no symbolic link; move it away"}},
		{"no project", func(t *testing.T, project string) { must(t, os.Remove(project)) }, []string{"cannot make the directory", "no such file or directory"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			project := filepath.Join(t.TempDir(), "project")
			must(t, os.Mkdir(project, 0o700))
			tt.prepare(t, project)
			_, err := Create(project, noon)
			wantError(t, err, tt.want...)
			for _, name := range []string{".wprun", ".wprun/runs", ".wprun/latest"} {
				data, err := os.ReadFile(filepath.Join(project, name))
				if err == nil && string(data) != "mine" {
					t.Errorf("%s now holds %q", name, data)
				}
			}
		})
	}
}

func TestRemedies(t *testing.T) {
	tests := []struct {
		errno unix.Errno
		want  string
	}{
		{unix.EACCES, `cannot write "/p": permission denied; give this user the right to it, or work in a copy of the project`},
		{unix.EROFS, `cannot write "/p": read-only file system; work in a copy of the project where you may write`},
		{unix.ENOSPC, `cannot write "/p": no space left on device; free some space there; the logs of old runs are in .wprun/runs`},
		{unix.EIO, `cannot write "/p": input/output error`},
	}
	for _, tt := range tests {
		err := cannot("write", "/p", &os.PathError{Op: "open", Path: "/p", Err: tt.errno})
		if err.Error() != tt.want {
			t.Errorf("%q, want %q", err, tt.want)
		}
	}
}

func TestPlanAndInfoAreReadBack(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	want := Self()
	want.Started, want.Version, want.ConfigHash, want.File, want.Args = noon, "1.2", "abc", "/p/wprun.toml", []string{"run", "<test>"}
	for range 2 { // replacing is fine
		must(t, r.WriteInfo(want))
		must(t, r.WritePlan(map[string]string{"a": "b && c"}))
	}
	want.ID = r.ID
	got, err := ReadInfo(r.Path)
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	var plan map[string]string
	if err := ReadPlan(r.Path, &plan); err != nil || plan["a"] != "b && c" {
		t.Errorf("plan %v, %v", plan, err)
	}
	if text, _ := os.ReadFile(filepath.Join(r.Path, "plan.json")); !strings.Contains(string(text), "\n  \"a\": \"b && c\"\n") {
		t.Errorf("plan.json is hard to read: %s", text)
	}
	if names := entries(t, r.Path); len(names) != 7 {
		t.Errorf("left over: %q", names)
	}
}

func TestReadErrors(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	_, err := ReadInfo(r.Path)
	wantError(t, err, "cannot read", "run.json")
	must(t, os.WriteFile(filepath.Join(r.Path, "plan.json"), []byte("{"), 0o600))
	wantError(t, ReadPlan(r.Path, new(any)), "cannot read", "it does not hold what wprun writes there")
	wantError(t, r.WritePlan(func() {}), "cannot write", "plan.json")
}

func TestSelfTellsThisProcessFromAnyOther(t *testing.T) {
	self := Self()
	if !self.alive() {
		t.Fatalf("%+v is not alive", self)
	}
	others := map[string]Info{"host": self, "boot": self, "pid": self, "no pid": self}
	for name, other := range others {
		switch name {
		case "host":
			other.Host += "x"
		case "boot":
			other.BootID += "x"
		case "pid":
			other.PidStart++
		case "no pid":
			other.Pid = 0
		}
		if other.alive() {
			t.Errorf("another %s is alive", name)
		}
	}
}

func TestInfoIsReadableForScripts(t *testing.T) {
	r := create(t, t.TempDir(), noon)
	must(t, r.WriteInfo(Info{Pid: 7, Started: noon}))
	data, err := os.ReadFile(filepath.Join(r.Path, "run.json"))
	must(t, err)
	var fields map[string]any
	must(t, json.Unmarshal(data, &fields))
	if fields["id"] != r.ID || fields["pid"] != 7.0 || fields["started"] != "2026-11-22T12:15:30Z" {
		t.Errorf("%s", data)
	}
}
