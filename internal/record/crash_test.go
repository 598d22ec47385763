package record

import (
	"context"
	"errors"
	"os"
	"testing"
)

var errStopped = errors.New("stopped")

// stopAfter lets a number of changes happen, and none after them, as when wprun is
// killed.
func stopAfter(n int) func(func() error) error {
	return func(f func() error) error {
		if n == 0 {
			return errStopped
		}
		n--
		return f()
	}
}

// attempt runs the task in a new run, which may be stopped at any change; the
// command's own changes count too. An up-to-date task is left alone.
func (p *project) attempt(act func(func() error) error) error {
	p.reopen()
	p.book.act = act
	v, err := p.book.Check(context.Background(), p.task)
	if err != nil || v.Current {
		return err
	}
	if _, err := p.book.Begin(p.task.Name, "run-1"); err != nil {
		return err
	}
	target := p.path("out")
	if p.task.Atomic != "" {
		target = Temporary(target)
	}
	for _, text := range []string{"", "copy of", p.make()} {
		if err := act(func() error { return os.WriteFile(target, []byte(text), 0o666) }); err != nil {
			return err
		}
	}
	_, err = p.book.Commit(context.Background(), p.task.Name)
	return err
}

// soundly checks that the task is not said to be current with a wrong output, and
// that a plain run ends with the right one.
func (p *project) soundly() {
	p.t.Helper()
	p.reopen()
	explained, err := p.book.Explain(context.Background(), p.task)
	must(p.t, err)
	if text, err := os.ReadFile(p.path("out")); explained.Current && (err != nil || string(text) != p.make()) {
		p.t.Errorf("said to be current (%q), but out is %q (%v), want %q", explained.Reasons, text, err, p.make())
	}
	must(p.t, p.attempt(always))
	if got := p.read("out"); got != p.make() {
		p.t.Errorf("after a plain run out is %q, want %q", got, p.make())
	}
	p.expectCurrent()
}

func always(f func() error) error { return f() }

// TestKilledAtEachChange stops a run after each prefix of what it changes on disk,
// from every state that a task may be in.
func TestKilledAtEachChange(t *testing.T) {
	states := map[string]func(*project){
		"never ran":     func(*project) {},
		"input edited":  func(p *project) { must(p.t, p.attempt(always)); p.write("in", "2") },
		"output edited": func(p *project) { must(p.t, p.attempt(always)); p.write("out", "edited") },
		"output gone":   func(p *project) { must(p.t, p.attempt(always)); p.remove("out") },
		"only touched":  func(p *project) { must(p.t, p.attempt(always)); p.write("in", p.read("in")) },
		"command edited": func(p *project) {
			must(p.t, p.attempt(always))
			p.task.Command = []string{"another"}
		},
		"killed in the middle": func(p *project) { _ = p.attempt(stopAfter(5)) },
		"killed at the end": func(p *project) {
			_ = p.attempt(stopAfter(9))
			p.tick()
		},
	}
	// What somebody may do between the kill and the next run.
	meanwhile := map[string]func(*project){
		"nothing":     func(*project) {},
		"edit input":  func(p *project) { p.write("in", "3") },
		"edit output": func(p *project) { p.write("out", "by hand") },
		"wait":        func(p *project) { p.tick() },
		"lose output": func(p *project) { p.remove("out") },
	}
	for state, prepare := range states {
		for then, change := range meanwhile {
			t.Run(state+", "+then, func(t *testing.T) { killAtEach(t, false, prepare, change) })
		}
		t.Run(state+", atomic", func(t *testing.T) { killAtEach(t, true, prepare, meanwhile["nothing"]) })
	}
}

func killAtEach(t *testing.T, atomic bool, prepare, change func(*project)) {
	for n := 0; ; n++ {
		p := newProject(t)
		if atomic {
			p.task.Atomic = p.path("out")
		}
		prepare(p)
		err := p.attempt(stopAfter(n))
		if err != nil && !errors.Is(err, errStopped) {
			t.Fatalf("after %d changes: %v", n, err)
		}
		change(p)
		p.soundly()
		if t.Failed() {
			t.Fatalf("killed after %d changes", n)
		}
		if err == nil {
			return
		}
	}
}

// finishedButUnrecorded is a task that was killed between its exit and its record.
func finishedButUnrecorded(t *testing.T, p *project) {
	t.Helper()
	finishedButUnrecordedWhile(t, p, func() {})
}

func finishedButUnrecordedWhile(t *testing.T, p *project, happens func()) {
	t.Helper()
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	p.write("out", p.make())
	happens()
	p.tick()
	p.book.act = stopAfter(2) // the note, and its rename
	if _, err := p.book.Commit(t.Context(), "copy"); !errors.Is(err, errStopped) {
		t.Fatalf("Commit: %v", err)
	}
}

func TestKilledAfterTheExitBeforeTheRecord(t *testing.T) {
	p := newProject(t)
	finishedButUnrecorded(t, p)
	p.reopen()
	v := p.check()
	if want := "it had finished before wprun was killed"; !v.Current || v.Reasons[0] != want {
		t.Errorf("%v, want current: %s", v, want)
	}
	p.expectCurrent()
}

// TestKilledWhileALargeOutputIsHashed: it is done, though it was written a moment
// before the exit.
func TestKilledWhileALargeOutputIsHashed(t *testing.T) {
	p := newProject(t)
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	p.write("out", "begins")
	must(t, os.Truncate(p.path("out"), long))
	noted := false
	p.book.act = func(f func() error) error {
		_, err := os.Stat(p.path(".wprun/steps/copy~exited.json"))
		if noted = noted || err == nil; noted {
			return errStopped
		}
		return f()
	}
	if _, err := p.book.Commit(t.Context(), "copy"); !errors.Is(err, errStopped) {
		t.Fatalf("Commit: %v", err)
	}
	p.expectCurrent()
}

// TestKilledAfterTheExitAndThenChanged: the note alone is not enough.
func TestKilledAfterTheExitAndThenChanged(t *testing.T) {
	changes := map[string]func(*project){
		"input edited":    func(p *project) { p.write("in", "2") },
		"output edited":   func(p *project) { p.write("out", "edited") },
		"output deleted":  func(p *project) { p.remove("out") },
		"command edited":  func(p *project) { p.task.Command = []string{"another"} },
		"output declared": func(p *project) { p.task.Outputs = append(p.task.Outputs, p.path("in")) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			p := newProject(t)
			finishedButUnrecorded(t, p)
			change(p)
			p.task.Kinds = []Kind{Command} // what kinds leave out counts here
			p.expect("its last attempt failed or was interrupted")
		})
	}
}

func TestKilledWhileTheCommandRan(t *testing.T) {
	p := newProject(t)
	p.run()
	p.write("in", "2")
	p.check()
	_, err := p.book.Begin("copy", "run-2")
	must(t, err)
	p.write("out", "par")
	p.expect("its last attempt failed or was interrupted")
	p.write("in", "1") // the record from before does not count again
	p.expect("its last attempt failed or was interrupted")
}

func TestKilledAfterTheRecord(t *testing.T) {
	p := newProject(t)
	p.check()
	_, err := p.book.Begin("copy", "run-1")
	must(t, err)
	p.write("out", "x")
	p.book.act = stopAfter(5) // note, clock, record: the attempt is still there
	if _, err := p.book.Commit(t.Context(), "copy"); !errors.Is(err, errStopped) {
		t.Fatalf("Commit: %v", err)
	}
	p.expectCurrent()
	p.write("in", "2")
	p.expect("input changed: in")
}
