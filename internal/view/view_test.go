package view

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wprun/internal/engine"
)

// change is a change of a process at a second of the run.
type change struct {
	at   float64
	name string
	to   engine.State
	code int
	why  string
}

// excused marks the cause of a failure that is allowed.
const excused = "(excused) "

// fold takes changes and returns the lines they are worth.
func fold(changes ...change) (*Fold, []string) {
	f := NewFold()
	start := time.Date(2026, 11, 22, 9, 15, 30, 0, time.UTC)
	var lines []string
	for _, c := range changes {
		why, allowed := strings.CutPrefix(c.why, excused)
		taken := engine.Changed{ID: engine.ID{Process: c.name, Run: 1}, To: c.to, Code: c.code, Why: why, Excused: allowed}
		f.Take(taken, start.Add(time.Duration(c.at*float64(time.Second))))
		if line := f.Line(taken); line != "" {
			lines = append(lines, line)
		}
	}
	return f, lines
}

func TestLines(t *testing.T) {
	_, got := fold(
		change{0, "db", engine.Starting, 0, ""},
		change{0.1, "db", engine.Running, 0, ""},
		change{1.2345, "db", engine.IsReady, 0, ""},
		change{2, "migrate", engine.Starting, 0, ""},
		change{62.7, "migrate", engine.Signalling, 0, ""},
		change{62.7, "migrate", engine.Succeeded, 0, ""},
		change{63, "test", engine.Starting, 0, ""},
		change{63.0004, "test", engine.Failed, 3, "exit code 3"},
		change{63, "report", engine.Blocked, 0, `waits on "test", which failed: exit code 3`},
		change{64, "alarm", engine.Skipped, 0, `waits on "db.failed", which did not happen`},
		change{64, "late", engine.Stopped, 0, "the run was stopped before it could start"},
		change{65, "db", engine.Stopping, 0, ""},
		change{66, "db", engine.Stopped, 143, ""},
	)
	want := []string{
		"db is ready after 1.23s",
		"migrate succeeded after 1m1s",
		"test failed after 0s: exit code 3",
		`report is blocked: waits on "test", which failed: exit code 3`,
		`alarm is skipped: waits on "db.failed", which did not happen`,
		"late is stopped: the run was stopped before it could start",
		"db is being stopped",
		"db is stopped",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLinesOfTasksThatNeedNotRunOrMayFail(t *testing.T) {
	_, got := fold(
		change{0, "main.o", engine.Checking, 0, ""},
		change{0, "main.o", engine.Signalling, 0, ""},
		change{0, "main.o", engine.UpToDate, 0, ""},
		change{0, "fetch", engine.UpToDate, 0, "finished before wprun was killed"},
		change{0, "lib.o", engine.Checking, 0, ""},
		change{0, "lib.o", engine.Waiting, 0, "input changed lib.c"},
		change{1, "lib.o", engine.Starting, 0, ""},
		change{2, "lib.o", engine.BackingOff, 1, "exit code 1; it is tried again in 1s (1 of 1)"},
		change{3, "lib.o", engine.Starting, 0, ""},
		change{4, "lib.o", engine.Recording, 0, ""},
		change{4, "lib.o", engine.Failed, 1, `exited 0, but its output "lib.o" is missing`},
		change{5, "lint", engine.Starting, 0, ""},
		change{6, "lint", engine.Failed, 1, excused + "exit code 1"},
		change{6, "docs", engine.Failed, 1, `no file matches its input "*.md"`},
	)
	want := []string{
		"main.o is up to date",
		"fetch is up to date: finished before wprun was killed",
		"lib.o has ended: exit code 1; it is tried again in 1s (1 of 1)",
		`lib.o failed after 1s: exited 0, but its output "lib.o" is missing`,
		"lint failed after 1s: exit code 1; that is allowed",
		`docs failed: no file matches its input "*.md"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		name    string
		changes []change
		want    string
	}{
		{"nothing", nil, "nothing was run"},
		{"nothing has ended", []change{{0, "a", engine.Starting, 0, ""}}, "nothing was run"},
		{"each once, by its end, in a fixed order", []change{
			{0, "s", engine.Stopped, 0, ""},
			{0, "b", engine.Blocked, 0, ""},
			{0, "a", engine.Running, 0, ""},
			{1, "a", engine.Failed, 1, ""},
			{1, "c", engine.Succeeded, 0, ""},
			{1, "d", engine.Succeeded, 0, ""},
			{1, "e", engine.Skipped, 0, ""},
		}, "2 succeeded, 1 failed, 1 blocked, 1 skipped, 1 stopped"},
		{"what need not run, and what may fail", []change{
			{0, "a", engine.Failed, 1, excused + "exit code 1"},
			{0, "b", engine.Failed, 1, "exit code 1"},
			{0, "c", engine.UpToDate, 0, ""},
		}, "1 up to date, 1 failed, 1 failed, which is allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, _ := fold(c.changes...)
			if got := f.Summary(); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The first failure is the one that happened first, whatever started first.
func TestFirstFailure(t *testing.T) {
	f, _ := fold(
		change{0, "may", engine.Failed, 2, excused + "exit code 2"},
		change{0, "slow", engine.Starting, 0, ""},
		change{0, "quick", engine.Starting, 0, ""},
		change{1, "quick", engine.Failed, 7, "exit code 7"},
		change{2, "slow", engine.Failed, 1, "exit code 1"},
	)
	name, end, ok := f.FirstFailure()
	want := End{State: engine.Failed, Code: 7, Why: "exit code 7", Took: time.Second}
	if name != "quick" || end != want || !ok {
		t.Errorf("got %q, %+v, %t", name, end, ok)
	}
	if got, known := f.Of("slow"); !known || got.Took != 2*time.Second {
		t.Errorf("of slow: %+v, %t", got, known)
	}
	f, _ = fold(change{0, "a", engine.Succeeded, 0, ""})
	if name, _, ok := f.FirstFailure(); ok || name != "" {
		t.Errorf("without a failure: %q", name)
	}
}

// The end of a run names what failed besides the first, but not hundreds.
func TestLaterFailures(t *testing.T) {
	f := NewFold()
	for _, step := range []struct{ name, want string }{
		{"a", ""},
		{"b", "also failed: b"},
		{"c", "also failed: b, c"},
	} {
		f.Take(engine.Changed{ID: engine.ID{Process: step.name}, To: engine.Failed}, time.Time{})
		f.Take(engine.Changed{ID: engine.ID{Process: "may-" + step.name}, To: engine.Failed, Excused: true}, time.Time{})
		if got := f.LaterFailures(); got != step.want {
			t.Errorf("after %s: got %q, want %q", step.name, got, step.want)
		}
	}
	for i := range 10 {
		f.Take(engine.Changed{ID: engine.ID{Process: strconv.Itoa(i)}, To: engine.Failed}, time.Time{})
	}
	if got, want := f.LaterFailures(), "also failed: b, c, 0, 1, 2, 3, 4, 5, 6, 7, and 2 more"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWaiting(t *testing.T) {
	waits := []engine.Waits{
		{Process: "a", For: []string{`"x" (b is running)`, `"y" (c is waiting)`}},
		{Process: "b", For: []string{`"z"`}},
		{Process: "c"},
		{Process: "d", For: []string{`"z"`}},
		{Process: "e", For: []string{`"z"`}},
	}
	for n, want := range []string{
		"",
		`a waits on "x" (b is running) and "y" (c is waiting)`,
		`…; b waits on "z"`,
		`…; b waits on "z"; c is being checked, as it may be up to date`,
		`…; b waits on "z"; c is being checked, as it may be up to date; and 1 more`,
		`…; b waits on "z"; c is being checked, as it may be up to date; and 2 more`,
	} {
		first := `a waits on "x" (b is running) and "y" (c is waiting)`
		if want = strings.Replace(want, "…", first, 1); Waiting(waits[:n]) != want {
			t.Errorf("of %d: got %q, want %q", n, Waiting(waits[:n]), want)
		}
	}
}

func TestLinesOfAServiceThatComesAndGoes(t *testing.T) {
	f := NewFold()
	at := time.Unix(0, 0)
	var got []string
	for _, c := range []engine.Changed{
		{To: engine.Starting},
		{From: engine.Starting, To: engine.Running},
		{From: engine.Running, To: engine.IsReady},
		{From: engine.IsReady, To: engine.Running, Why: "reloading"},
		{From: engine.Running, To: engine.IsReady},
		{From: engine.IsReady, To: engine.BackingOff, Code: 1, Why: "exit code 1; started again in 500ms (1 of 5)"},
		{From: engine.BackingOff, To: engine.Starting},
		{From: engine.Starting, To: engine.Running},
		{From: engine.Running, To: engine.Stopping, Why: `"main.go" was changed`},
	} {
		c.ID = engine.ID{Process: "api", Run: 1}
		at = at.Add(time.Second)
		f.Take(c, at)
		if line := f.Line(c); line != "" {
			got = append(got, line)
		}
	}
	want := []string{
		"api is ready after 2s",
		"api is not ready any more: reloading",
		"api is ready after 4s",
		"api has ended: exit code 1; started again in 500ms (1 of 5)",
		`api is being stopped: "main.go" was changed`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStillThere(t *testing.T) {
	all := []Leaving{
		{"api", 812, 4200 * time.Millisecond},
		{"db", 813, 4 * time.Second},
		{"cache", 814, 2 * time.Second},
		{"queue", 815, 2 * time.Second},
		{"log", 816, 2 * time.Second},
	}
	for n, want := range map[int]string{
		1: "api (pid 812, 4 s)",
		3: "api (pid 812, 4 s), db (pid 813, 4 s), cache (pid 814, 2 s)",
		5: "api (pid 812, 4 s), db (pid 813, 4 s), cache (pid 814, 2 s), and 2 more",
	} {
		if got := StillThere(all[:n]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Why a task has to run is said at its first attempt, and again only if it had
// succeeded meanwhile.
func TestWhyItHasToRunIsSaidOnce(t *testing.T) {
	f := NewFold()
	var got []string
	for _, c := range []engine.Changed{
		{From: engine.Waiting, To: engine.Checking},
		{From: engine.Checking, To: engine.Waiting, Why: "first"},
		{From: engine.Running, To: engine.BackingOff, Why: "exit code 1"},
		{From: engine.Checking, To: engine.Waiting, Why: "first"},
		{From: engine.Signalling, To: engine.Succeeded},
		{From: engine.Checking, To: engine.Waiting, Why: "second"},
	} {
		c.ID.Process = "a"
		f.Take(c, time.Time{})
		if line := f.Line(c); line != "" {
			got = append(got, line)
		}
	}
	want := []string{"a has to run: first", "a has ended: exit code 1", "a succeeded after 0s", "a has to run: second"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
