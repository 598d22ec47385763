package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wprun/internal/config"
	"wprun/internal/rundir"
)

// sample has keys in a named base (42 and data), and in the run's own directory.
const sample = `
[[watchpoint]]
key  = 42
base = "sub/dir"
name = "IAmNamed"

[[watchpoint]]
key      = "data"
base     = "share"
external = true

[service.db]
command = "exec sleep 1000"
ready   = "self"

[task.build]
description = "make the program"
command     = ["true"]
waits_on    = ["data"]
signals     = [42, { key = "booted", when = "self" }]

[task.report]
command  = ["true"]
waits_on = [["build", "build.failed"], "db"]
`

// project is a directory with a file, in which command lines are tried.
type project struct {
	t   *testing.T
	dir string
	env map[string]string
}

// newProject moves the test into the new directory.
func newProject(t *testing.T, file string) *project {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &project{t: t, dir: dir, env: map[string]string{}}
	p.write(config.FileName, file)
	t.Chdir(dir)
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) mkdir(name string) {
	p.t.Helper()
	if err := os.MkdirAll(filepath.Join(p.dir, name), 0o755); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) isDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// newRun makes the directory of a run of the file, as far as a run does so
// before it starts anything.
func (p *project) newRun(file string) *rundir.Run {
	p.t.Helper()
	cfg, err := config.Load(file)
	if err != nil {
		p.t.Fatal(err)
	}
	dir, err := rundir.Create(cfg.Dir, time.Now())
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { dir.Close() })
	points, err := newDirectories(cfg, dir.Watch(), nil, func(string) {})
	if err != nil {
		p.t.Fatal(err)
	}
	if err := dir.WritePlan(newPlan(cfg, nil, points.Path)); err != nil {
		p.t.Fatal(err)
	}
	if err := dir.WriteInfo(rundir.Info{File: cfg.File}); err != nil {
		p.t.Fatal(err)
	}
	return dir
}

// spoken is what a command line left behind, with the project as $DIR.
type spoken struct {
	code     int
	out, err string
}

func (p *project) wprun(args ...string) spoken {
	var out, err bytes.Buffer
	code := Main(args, Streams{Out: &out, Err: &err, Getenv: func(name string) string { return p.env[name] }})
	clean := func(b bytes.Buffer) string { return strings.ReplaceAll(b.String(), p.dir, "$DIR") }
	return spoken{code, clean(out), clean(err)}
}

// expect runs a command line and compares all of what it leaves behind.
func (p *project) expect(want spoken, args ...string) {
	p.t.Helper()
	if got := p.wprun(args...); got != want {
		p.t.Errorf("wprun %q:\n got %d, stdout %q, stderr %q\nwant %d, stdout %q, stderr %q",
			args, got.code, got.out, got.err, want.code, want.out, want.err)
	}
}

func TestScopeOfFile(t *testing.T) {
	p := newProject(t, sample)
	p.mkdir("deep/below")
	t.Chdir("deep/below")
	p.expect(spoken{out: "$DIR/sub/dir/IAmNamed.watch\n$DIR/share/data.failed.watch\n"}, "path", "42", "data.failed")
	p.expect(spoken{code: 2, err: `wprun: cannot find watchpoint "booted": it is in the directory of a run, and ` +
		`nothing has run "$DIR/wprun.toml" yet; start with "wprun run", or name a run with --run` + "\n"}, "path", "booted")
	p.expect(spoken{code: 2, err: `wprun: cannot find watchpoint "dat" in "$DIR/wprun.toml": did you mean "data"?` + "\n"}, "path", "dat")

	dir := p.newRun("../../wprun.toml")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + dir.ID + "/watch/booted.watch\n"}, "path", "booted")
	p.expect(spoken{code: 2, err: `wprun: cannot find watchpoint "nothing-like-it" in "$DIR/wprun.toml" and run ` + dir.ID +
		`; "wprun list --all" shows what is there` + "\n"}, "path", "42", "nothing-like-it")
}

// Two files of one directory share its runs, but not their watchpoints.
func TestScopeKeepsFilesApart(t *testing.T) {
	p := newProject(t, sample)
	first := p.newRun("wprun.toml")
	p.write("other.toml", sample)
	p.expect(spoken{code: 2, err: `wprun: cannot find watchpoint "db": it is in the directory of a run, and ` +
		`nothing has run "$DIR/other.toml" yet; start with "wprun run", or name a run with --run` + "\n"}, "path", "-f", "other.toml", "db")
	second := p.newRun("other.toml")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + first.ID + "/watch/db.watch\n"}, "path", "db")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + second.ID + "/watch/db.watch\n"}, "path", "-f", "other.toml", "db")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + first.ID + "/watch/db.watch\n"}, "path", "--run", first.ID, "db")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + second.ID + "/watch/db.watch\n"}, "path", "--run", ".wprun/latest", "db")
}

// Inside a run not even a broken file matters.
func TestScopeInsideRun(t *testing.T) {
	p := newProject(t, sample)
	first, latest := p.newRun("wprun.toml"), p.newRun("wprun.toml")
	p.env["WPRUN_RUN_DIR"] = first.Path
	here := spoken{out: "$DIR/.wprun/runs/" + first.ID + "/watch/db.watch\n"}
	p.expect(here, "path", "-f", "wprun.toml", "db")
	p.write(config.FileName, "this is no TOML")
	t.Chdir(t.TempDir())
	p.expect(here, "path", "db")
	p.expect(spoken{out: "$DIR/sub/dir/IAmNamed.watch\n"}, "path", "42")
	p.expect(spoken{out: "$DIR/.wprun/runs/" + latest.ID + "/watch/db.watch\n"}, "path", "--run", latest.Path, "db")
	p.expect(spoken{code: 2, err: `wprun: cannot find watchpoint "bootet" in run ` + first.ID + `: did you mean "booted"?` + "\n"}, "path", "bootet")

	p.env["WPRUN_RUN_DIR"] = filepath.Join(p.dir, "gone")
	p.expect(spoken{code: 2, err: `wprun: cannot find the run "$DIR/gone": no such file or directory; WPRUN_RUN_DIR names it` + "\n"}, "path", "db")
}

func TestScopeRunThatIsNot(t *testing.T) {
	p := newProject(t, sample)
	p.expect(spoken{code: 2, err: `wprun: cannot find a run in "$DIR" or above it: nothing has been run there yet; start with "wprun run"` + "\n"},
		"path", "--run", "20260101-000000-abcd", "db")
	dir := p.newRun("wprun.toml")
	p.expect(spoken{code: 2, err: `wprun: cannot find run "20260101-000000-abcd" among the 1 of "$DIR"; the latest is ` + dir.ID + "\n"},
		"path", "--run", "20260101-000000-abcd", "db")
	p.expect(spoken{code: 2, err: `wprun: cannot open "./": it is not the directory of a run; those are in .wprun/runs` + "\n"},
		"path", "--run", "./", "db")
	if got := p.wprun("path", "--run", dir.ID, "-f", "wprun.toml", "db"); got.code != 2 || !strings.Contains(got.err, "use --run or --file") {
		t.Errorf("--run and -f together: %+v", got)
	}
}
