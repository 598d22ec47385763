package record

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// project is a directory with a book, and a task that copies in to out.
type project struct {
	t    testing.TB
	dir  string
	book *Book
	task Task
	// machine is what the next book is opened on.
	machine Machine
	// aside are the copies of the last attempt.
	aside []string
	// make is what a complete run writes to out.
	make func() string
}

func newProject(t testing.TB) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir()}
	p.reopen()
	must(t, p.book.Make())
	p.task = Task{
		Name: "copy", Command: []string{"cp", "in", "out"}, Dir: p.dir, Env: []string{"LANG=C"},
		Inputs: []string{p.path("in")}, Outputs: []string{p.path("out")},
	}
	p.make = func() string { return fmt.Sprintf("copy of %s by %s", p.read("in"), p.task.Command) }
	p.write("in", "1")
	return p
}

// reopen forgets what is only in memory, as the next run does.
func (p *project) reopen() { p.book = Open(p.dir, "wprun.toml", p.machine) }

func (p *project) path(name string) string { return filepath.Join(p.dir, name) }

func (p *project) write(name, text string) {
	p.t.Helper()
	must(p.t, os.MkdirAll(filepath.Dir(p.path(name)), 0o777))
	must(p.t, os.WriteFile(p.path(name), []byte(text), 0o666))
}

func (p *project) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(p.path(name))
	must(p.t, err)
	return string(text)
}

func (p *project) remove(name string) {
	p.t.Helper()
	must(p.t, os.RemoveAll(p.path(name)))
}

// tick waits until the clock of the file system has moved on, so that what was
// written before is older than what will be.
func (p *project) tick() {
	p.t.Helper()
	book := Open(p.dir, "wprun.toml", Machine{})
	first, err := book.clock()
	must(p.t, err)
	for now := first; now <= first; {
		now, err = book.clock()
		must(p.t, err)
	}
}

func (p *project) check() Verdict {
	p.t.Helper()
	v, err := p.book.Check(context.Background(), p.task)
	must(p.t, err)
	return v
}

// command does what the task's command does.
func (p *project) command() { p.write("out", p.make()) }

// run is one run of the task, stale or not.
func (p *project) run() (aside, warnings []string) {
	p.t.Helper()
	forced := p.task
	forced.Because = "forced"
	_, err := p.book.Check(context.Background(), forced)
	must(p.t, err)
	aside, err = p.book.Begin(p.task.Name, "run-1")
	must(p.t, err)
	p.command()
	warnings, err = p.book.Commit(context.Background(), p.task.Name)
	must(p.t, err)
	return aside, warnings
}

// expect checks in a new run, twice: what Explain says first has to be the same.
func (p *project) expect(reasons ...string) {
	p.t.Helper()
	p.reopen()
	explained, err := p.book.Explain(context.Background(), p.task)
	must(p.t, err)
	v := p.check()
	if !slices.Equal(explained.Reasons, v.Reasons) || explained.Current != v.Current {
		p.t.Errorf("explained %v, checked %v", explained, v)
	}
	if v.Current || !slices.Equal(v.Reasons, reasons) {
		p.t.Errorf("checked %v, want stale for %q", v, reasons)
	}
}

func (p *project) expectCurrent() {
	p.t.Helper()
	p.reopen()
	explained, err := p.book.Explain(context.Background(), p.task)
	must(p.t, err)
	if v := p.check(); !v.Current || !explained.Current {
		p.t.Errorf("explained %v, checked %v, want both current", explained, v)
	}
}

func TestWhatHasSucceededIsCurrent(t *testing.T) {
	p := newProject(t)
	p.expect("it has no record of a success")
	p.run()
	p.expectCurrent()
	p.expectCurrent()
}

// TestReasons changes one thing after a success.
func TestReasons(t *testing.T) {
	cases := []struct {
		name   string
		change func(*project)
		want   []string
	}{
		{
			"command edited", func(p *project) { p.task.Command = []string{"sh", "-c", "cp in out"} },
			[]string{`command changed: ["cp" "in" "out"] -> ["sh" "-c" "cp in out"]`},
		},
		{"another directory", func(p *project) { p.task.Dir = p.path("sub") }, []string{"dir changed: . -> sub"}},
		{"another value", func(p *project) { p.task.Env = []string{"LANG=de"} }, []string{"env LANG changed"}},
		{"another variable", func(p *project) { p.task.Env = []string{"LC=C"} }, []string{"env LANG removed", "env LC added"}},
		{"input edited", func(p *project) { p.write("in", "2") }, []string{"input changed: in"}},
		{
			"input added", func(p *project) { p.write("more", "2"); p.task.Inputs = append(p.task.Inputs, p.path("more")) },
			[]string{"input added: more"},
		},
		{
			"another input", func(p *project) { p.write("a", "2"); p.task.Inputs = []string{p.path("a")} },
			[]string{"input added: a", "input removed: in"},
		},
		{"output deleted", func(p *project) { p.remove("out") }, []string{"output missing: out"}},
		{"output edited by hand", func(p *project) { p.write("out", "edited") }, []string{"output changed: out"}},
		{"output declared", func(p *project) { p.task.Outputs = append(p.task.Outputs, p.path("in")) }, []string{"output added: in"}},
		{"output declared no more", func(p *project) { p.task.Outputs = nil }, []string{"output removed from the list: out"}},
		{
			"another file's task", func(p *project) { p.spoil(`"wprun.toml"`, `"other.toml"`) },
			[]string{`its record is that of a task in "other.toml"`},
		},
		{"format of another version", func(p *project) { p.spoil(`"format": 2`, `"format": 99`) }, []string{"its record has another format"}},
		{"torn record", func(p *project) { p.spoil("}\n", "") }, []string{"its record cannot be read"}},
		{"all at once, in order", func(p *project) {
			p.task.Command, p.task.Dir, p.task.Env = []string{"true"}, "/", nil
			p.write("in", "2")
			p.remove("out")
			p.task.Because = "forced"
		}, []string{
			"forced", `command changed: "cp in out" -> "true"`, "dir changed: . -> /", "env LANG removed", "input changed: in",
			"output missing: out",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			p.run()
			c.change(p)
			p.expect(c.want...)
		})
	}
}

// spoil edits the record by hand.
func (p *project) spoil(old, replacement string) {
	p.t.Helper()
	name := ".wprun/steps/copy.json"
	text := p.read(name)
	spoilt := strings.Replace(text, old, replacement, 1)
	if text == spoilt {
		p.t.Fatalf("the record has no %q:\n%s", old, text)
	}
	p.write(name, spoilt)
}

// TestKinds leaves one kind out of rerun_on and changes just that.
func TestKinds(t *testing.T) {
	changes := map[Kind]func(*project){
		Command: func(p *project) { p.task.Command = []string{"true"} },
		Dir:     func(p *project) { p.task.Dir = "/" },
		Env:     func(p *project) { p.task.Env = nil },
		Inputs:  func(p *project) { p.write("in", "2") },
		Outputs: func(p *project) { p.write("out", "edited") },
		Upstream: func(p *project) {
			p.task.Upstream = []string{"first"}
		},
	}
	for kind, change := range changes {
		t.Run(string(kind), func(t *testing.T) {
			p := newProject(t)
			p.run()
			change(p)
			p.task.Kinds = slices.DeleteFunc(slices.Clone(AllKinds), func(k Kind) bool { return k == kind })
			p.expectCurrent()
			p.expectCurrent() // the difference was not taken into the record either
			p.task.Kinds = []Kind{kind}
			p.reopen()
			if v := p.check(); v.Current || len(v.Reasons) != 1 {
				t.Errorf("checked %v, want one reason", v)
			}
		})
	}
}

func TestMissingOutputCountsWhateverTheKinds(t *testing.T) {
	p := newProject(t)
	p.run()
	p.task.Kinds = []Kind{Command}
	p.remove("out")
	p.expect("output missing: out")
}

func TestTouchedFilesAreCurrentAndNotHashedAgain(t *testing.T) {
	p := newProject(t)
	p.run()
	p.tick()
	past := time.Now().Add(-time.Hour)
	must(t, os.Chtimes(p.path("in"), past, past))
	must(t, os.Chtimes(p.path("out"), past, past))
	p.tick()
	p.expectCurrent()
	before := p.read(".wprun/steps/copy.json")
	p.reopen()
	picture, err := p.book.look(context.Background(), p.task, p.book.clock)
	must(t, err)
	if picture.hashed {
		t.Error("files were hashed that had been hashed after they were touched")
	}
	p.expectCurrent()
	if now := p.read(".wprun/steps/copy.json"); now != before {
		t.Errorf("the record was written although nothing had changed:\n%s\n%s", before, now)
	}
}

func TestOlderFileRestoredUnderItsOldTime(t *testing.T) {
	p := newProject(t)
	p.run()
	p.tick()
	info, err := os.Stat(p.path("in"))
	must(t, err)
	p.write("in", "2") // as long as before
	must(t, os.Chtimes(p.path("in"), info.ModTime(), info.ModTime()))
	p.expect("input changed: in")
	older := info.ModTime().Add(-24 * time.Hour)
	must(t, os.Chtimes(p.path("in"), older, older))
	p.expect("input changed: in")
}

// TestChangeWithinOneTickOfTheClock: the stamp is the same, so only the rule that a
// young stamp is not relied on helps.
func TestChangeWithinOneTickOfTheClock(t *testing.T) {
	for range 50 {
		p := newProject(t)
		p.run()
		p.write("in", "2")
		p.expect("input changed: in")
	}
}

func TestEditedOutputIsKeptAside(t *testing.T) {
	p := newProject(t)
	p.task.Outputs = []string{p.path("out")}
	p.run()
	p.write("out", "hours of work")
	p.expect("output changed: out")
	aside, _ := p.run()
	if want := []string{".wprun/aside/run-1/copy/out"}; !slices.Equal(aside, want) {
		t.Fatalf("aside %q, want %q", aside, want)
	}
	if got := p.read(aside[0]); got != "hours of work" {
		t.Errorf("kept %q", got)
	}
	p.expectCurrent()
	if aside, _ := p.run(); len(aside) > 0 {
		t.Errorf("kept %q, which nobody has edited", aside)
	}
}

func TestOutputsThatAreNotThere(t *testing.T) {
	cases := []struct {
		name    string
		outputs []string
		command func(*project)
		want    string
	}{
		{"missing", []string{"out"}, func(*project) {}, `exited with success, but its output "out" is missing`},
		{"empty", []string{"out"}, func(p *project) { p.write("out", "") }, `exited with success, but its output "out" is empty`},
		{
			"one of a pattern",
			[]string{"out", "*.o"},
			func(p *project) { p.write("out", "x") },
			`exited with success, but its output "*.o" is missing`,
		},
		{
			"empty directory",
			[]string{"lib"},
			func(p *project) { must(p.t, os.Mkdir(p.path("lib"), 0o777)) },
			`exited with success, but its output "lib" is empty`,
		},
		{"files of a directory may be empty", []string{"lib"}, func(p *project) { p.write("lib/__init__.py", ""); p.write("lib/a.py", "x") }, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newProject(t)
			p.task.Outputs = nil
			for _, o := range c.outputs {
				p.task.Outputs = append(p.task.Outputs, p.path(o))
			}
			p.check()
			_, err := p.book.Begin("copy", "run-1")
			must(t, err)
			c.command(p)
			switch _, err = p.book.Commit(t.Context(), "copy"); {
			case c.want == "":
				must(t, err)
				p.expectCurrent()
			case err == nil || err.Error() != c.want:
				t.Errorf("Commit: %v, want %s", err, c.want)
			default:
				p.expect("its last attempt failed or was interrupted")
			}
		})
	}
}

func TestInputThatIsNotThere(t *testing.T) {
	for _, pattern := range []string{"nothing", "*.nothing", "none/**"} {
		p := newProject(t)
		p.task.Inputs = []string{p.path(pattern)}
		_, err := p.book.Check(t.Context(), p.task)
		if none, ok := err.(*NoInputError); !ok || none.Pattern != pattern {
			t.Errorf("Check: %v, want that nothing matches %q", err, pattern)
		}
	}
}

func TestDirectoryAsInput(t *testing.T) {
	p := newProject(t)
	p.write("src/a", "1")
	p.write("src/sub/.hidden", "1")
	p.write("src/.git/HEAD", "1")
	p.write("src/.wprun-new.out", "1")
	must(t, os.Symlink("..", p.path("src/sub/up")))
	must(t, os.Symlink("nowhere", p.path("src/dangling")))
	p.task.Inputs = []string{p.path("src")}
	p.run()
	p.write("src/.git/HEAD", "2")
	p.write("src/.wprun-new.out", "2")
	p.expectCurrent()
	p.write("src/sub/.hidden", "2")
	p.write("src/b", "2")
	p.remove("src/a")
	p.remove("src/dangling")
	must(t, os.Symlink("elsewhere", p.path("src/dangling")))
	p.expect("input removed: src/a", "input added: src/b", "input changed: src/dangling", "input changed: src/sub/.hidden")
}

func TestWprunsOwnFilesAreNoInputs(t *testing.T) {
	p := newProject(t)
	p.task.Inputs = []string{p.path("**"), p.dir}
	p.task.Outputs = nil
	must(t, p.book.Accept(t.Context(), p.task))
	p.expectCurrent()
}

func TestInputChangedDuringTheRun(t *testing.T) {
	p := newProject(t)
	p.task.Outputs = nil
	for i, want := range [][]string{
		{"input changed: in, while it ran"},
		{"input changed: in, while it ran", "it seems to write its own inputs, and will run each time"},
	} {
		p.check()
		_, err := p.book.Begin("copy", "run-1")
		must(t, err)
		p.write("in", "written by the task "+strings.Repeat("again ", i))
		warnings, err := p.book.Commit(t.Context(), "copy")
		must(t, err)
		if !slices.Equal(warnings, want) {
			t.Errorf("warned %q, want %q", warnings, want)
		}
		p.expect("input changed: in")
	}
}

func TestEarlyCutOff(t *testing.T) {
	p := newProject(t)
	after := Task{Name: "after", Command: []string{"true"}, Dir: p.dir, Upstream: []string{"copy"}}
	verdict := func() Verdict {
		v, err := p.book.Check(t.Context(), after)
		must(t, err)
		return v
	}
	p.run()
	verdict()
	_, err := p.book.Begin("after", "run-1")
	must(t, err)
	_, err = p.book.Commit(t.Context(), "after")
	must(t, err)

	p.run() // the outputs are the same again
	if v := verdict(); !v.Current {
		t.Errorf("%v, though what comes from copy is the same", v)
	}
	p.write("in", "2")
	p.run()
	if v, want := verdict(), []string{"what comes from copy changed"}; !slices.Equal(v.Reasons, want) {
		t.Errorf("%v, want %q", v, want)
	}
	p.reopen() // the record of copy is read now
	if v, want := verdict(), []string{"what comes from copy changed"}; !slices.Equal(v.Reasons, want) {
		t.Errorf("%v, want %q", v, want)
	}
}

func TestAtomicOutput(t *testing.T) {
	p := newProject(t)
	p.task.Atomic = p.path("out")
	temporary := Temporary(p.path("out"))
	begin := func() {
		p.task.Because = "forced"
		p.check()
		_, err := p.book.Begin("copy", "run-1")
		must(t, err)
		p.task.Because = ""
	}
	p.write("out", "old")
	begin()
	_, err := p.book.Commit(t.Context(), "copy")
	if want := `exited with success, but its output "out" is missing: it has to be written to $WPRUN_OUTPUT`; err == nil || err.Error() != want {
		t.Errorf("Commit: %v, want %s", err, want)
	}
	must(t, os.WriteFile(temporary, []byte("left by an attempt that was killed"), 0o666))
	begin()
	if _, err := os.Lstat(temporary); !absent(err) {
		t.Errorf("the left output is there: %v", err)
	}
	if got := p.read("out"); got != "old" {
		t.Errorf("out is %q before the command has written it", got)
	}
	must(t, os.WriteFile(temporary, []byte("new"), 0o666))
	_, err = p.book.Commit(t.Context(), "copy")
	must(t, err)
	if got := p.read("out"); got != "new" {
		t.Errorf("out is %q", got)
	}
	p.expectCurrent()
}

func TestAtomicOutputThatIsADirectory(t *testing.T) {
	p := newProject(t)
	p.task.Atomic = p.path("out")
	for _, file := range []string{"a", "b"} {
		p.task.Because = "forced"
		p.check()
		p.task.Because = ""
		_, err := p.book.Begin("copy", "run-1")
		must(t, err)
		p.write(".wprun-new.out/"+file, "x")
		_, err = p.book.Commit(t.Context(), "copy")
		must(t, err)
		p.expectCurrent()
	}
	if _, err := os.Lstat(p.path("out/a")); !absent(err) {
		t.Errorf("the old directory's file: %v", err)
	}
}

func TestAccept(t *testing.T) {
	p := newProject(t)
	if err := p.book.Accept(t.Context(), p.task); err == nil || !strings.Contains(err.Error(), `"out" is missing`) {
		t.Errorf("Accept without its output: %v", err)
	}
	p.run()
	p.task.Command = []string{"another"}
	p.write("in", "2")
	p.write("out", "edited")
	must(t, p.book.Accept(t.Context(), p.task))
	p.expectCurrent()
}

func TestRemoveAndPrune(t *testing.T) {
	p := newProject(t)
	p.run()
	p.task.Name = "build.attempt" // no name is mistaken for another task's attempt
	p.run()
	p.task.Name = "test[os=linux,shard=0]"
	p.run()
	names, err := p.book.Names()
	must(t, err)
	if want := []string{"build.attempt", "copy", "test[os=linux,shard=0]"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	must(t, Open(p.dir, "other.toml", Machine{}).Prune(nil)) // they are not its own
	must(t, p.book.Prune([]string{"copy"}))
	p.expect("it has no record of a success")
	p.task.Name = "copy"
	p.expectCurrent()
	must(t, p.book.Remove("copy"))
	p.expect("it has no record of a success")
}

func TestEnvironmentIsNotInTheRecord(t *testing.T) {
	p := newProject(t)
	p.task.Env = []string{"TOKEN=hunter2"}
	p.run()
	if text := p.read(".wprun/steps/copy.json"); strings.Contains(text, "hunter2") || !strings.Contains(text, "TOKEN") {
		t.Errorf("the record has the value of a variable, or not its name:\n%s", text)
	}
}

// TestExplainWritesNothing: not even where a record would be better written anew.
func TestExplainWritesNothing(t *testing.T) {
	p := newProject(t)
	p.run()
	must(t, os.Chtimes(p.path("in"), time.Now(), time.Now()))
	p.reopen()
	p.book.act = func(func() error) error {
		t.Error("a file was to be changed")
		return nil
	}
	if v, err := p.book.Explain(t.Context(), p.task); err != nil || !v.Current {
		t.Errorf("%v, %v", v, err)
	}
	p.dir = t.TempDir() // without any record, and without .wprun
	p.task.Inputs = nil
	if v, err := Open(p.dir, "wprun.toml", Machine{}).Explain(t.Context(), p.task); err != nil || v.Current {
		t.Errorf("%v, %v", v, err)
	}
}

func TestBeginOfTwoRunsAtOnce(t *testing.T) {
	p := newProject(t)
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	other := Open(p.dir, "wprun.toml", Machine{})
	_, err = other.Check(t.Context(), p.task)
	must(t, err)
	_, err = other.Begin("copy", "run-2")
	must(t, err)
	p.command()
	if _, err := p.book.Commit(t.Context(), "copy"); err == nil || !strings.Contains(err.Error(), `run "run-2" has begun it too`) {
		t.Errorf("Commit: %v", err)
	}
	_, err = other.Commit(t.Context(), "copy")
	must(t, err)
	p.expectCurrent()
}

func TestRecordIsReadable(t *testing.T) {
	p := newProject(t)
	p.task.Command = []string{"sh", "-c", "cat <in >out && true"}
	p.run()
	text := p.read(".wprun/steps/copy.json")
	for _, want := range []string{`"cat <in >out && true"`, " in\"\n", `"run": "run-1"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the record has no %s:\n%s", want, text)
		}
	}
}

// TestAttemptThatCannotBeRead: whether another run has begun the task is not known.
func TestAttemptThatCannotBeRead(t *testing.T) {
	p := newProject(t)
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	p.command()
	p.remove(".wprun/steps/copy~attempt.json")
	must(t, os.Mkdir(p.path(".wprun/steps/copy~attempt.json"), 0o700))
	if _, err := p.book.Commit(t.Context(), "copy"); err == nil || !strings.Contains(err.Error(), "cannot read the record") {
		t.Errorf("Commit: %v", err)
	}
}

// TestOutputsThatGo: what a pattern matched is gone when it is looked at, as
// temporary files of others are.
func TestOutputsThatGo(t *testing.T) {
	p := newProject(t)
	files, err := find(t.Context(), p.path("*"))
	must(t, err)
	all, size, err := p.book.bare(append(files, file{path: p.path("gone")}))
	if err != nil || len(all) != 1 || all[0].Path != "in" || size != 1 {
		t.Errorf("%v, %d, %v", all, size, err)
	}
}

// TestWhatATaskLeavesAloneIsItsOutput: a wrapped make finds some of its objects up to
// date, in its first run too.
func TestWhatATaskLeavesAloneIsItsOutput(t *testing.T) {
	for name, before := range map[string]func(p *project){
		"made by an earlier run":      func(p *project) { p.run() },
		"made before the first run":   func(*project) {},
		"made by a failed attempt":    func(p *project) { p.begin() },
		"made before records were":    func(p *project) { p.run(); must(t, p.book.Remove("copy")) },
		"and the task failed between": func(p *project) { p.run(); p.begin() },
	} {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			p.task.Outputs = []string{p.path("obj/*.o")}
			p.make = func() string { p.write("obj/b.o", "made"); return "made" }
			p.write("obj/a.o", "made")
			before(p)
			p.run()
			p.expectCurrent()
			p.remove("obj/a.o")
			p.expect("output missing: obj/a.o")
		})
	}
}
