package engine

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wprun/internal/graph"
)

// Whatever happens in whatever order, the engine keeps its promises: see
// check.
func TestRandomSchedules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, drawPlan(t))
		w.tell(Begin{})
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if w.finished {
				break
			}
			w.randomStep()
		}
		w.driveToEnd()
		w.checkEnd()
	})
}

// The same events lead to the same actions.
func TestDeterminism(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPlan(t)
		w := newWorld(t, p)
		w.tell(Begin{})
		for range rapid.IntRange(0, 40).Draw(t, "steps") {
			if !w.finished {
				w.randomStep()
			}
		}
		again := New(p.g, p.policy)
		for i, ev := range w.events {
			var got []string
			for _, a := range again.Step(ev) {
				got = append(got, a.String())
			}
			if !slices.Equal(got, w.answers[i]) {
				t.Fatalf("event %d, %q: first %q, then %q", i, ev, w.answers[i], got)
			}
		}
	})
}

// randomStep makes one thing happen.
func (w *world) randomStep() {
	choice := rapid.IntRange(0, 99).Draw(w.t, "what")
	switch {
	case choice < 45 && len(w.due) > 0:
		w.answer(rapid.IntRange(0, len(w.due)-1).Draw(w.t, "answer"), true)
	case choice < 70:
		w.exitOne(true)
	case choice < 78:
		w.touch()
	case choice < 84:
		w.upset()
	case choice < 87:
		w.wobble()
	case choice < 92 && len(w.timers) > 0:
		w.fire(rapid.IntRange(0, len(w.timers)-1).Draw(w.t, "timer"))
	case choice == 92 && w.making != nil:
		id := *w.making
		w.made(id)
		w.tell(Made{id})
	case choice < 95:
		w.stale()
	case choice == 95:
		w.tell(Stop{})
	case choice == 96:
		w.tell(TimeIsUp{})
	}
}

func (w *world) made(id ID) {
	if w.making != nil && *w.making == id {
		w.making = nil
	}
}

// answer gives one of the answers that are due, or a bad one in its place.
func (w *world) answer(n int, mayFail bool) {
	ev := w.due[n]
	w.due = slices.Delete(w.due, n, n+1)
	bad := mayFail && rapid.IntRange(0, 99).Draw(w.t, "bad") < 10
	switch a := ev.(type) {
	case Started:
		w.made(a.ID)
		if bad && rapid.Bool().Draw(w.t, "busy") {
			if w.states[a.ID.Process] == Starting {
				w.runs[a.ID.Process] = a.ID.Run - 1
			}
			w.tell(Busy{a.ID, 125, "no process is left"})
			return
		}
		if bad {
			w.tell(StartFailed{a.ID, 127, "no such program"})
			return
		}
		if started := w.commands[a.ID]; started != nil { // else it was given up
			started.running = true
		}
	case Ready:
		if bad && w.states[a.ID.Process] != IsReady {
			ev = NotReady{a.ID, "connection refused"}
		}
	case Stale:
		ev = w.verdict(a.ID)
	case Recorded:
		if bad {
			ev = RecordFailed{a.ID, 5, "its output is missing"}
		}
	case Signalled:
		if bad {
			passing := rapid.Bool().Draw(w.t, "passing")
			ev = SignalFailed{ID: a.ID, Key: a.Keys[0], Why: "no space left on device", Turn: a.Turn, Passing: passing}
		}
	}
	w.tell(ev)
}

// verdict is what a check finds out. The question may be out of date.
func (w *world) verdict(id ID) Event {
	switch n := rapid.IntRange(0, 99).Draw(w.t, "verdict"); {
	case n < 30 && !w.tasks[id.Process].anew:
		return Current{id, ""}
	case n < 35:
		return CheckFailed{id, "no file matches"}
	}
	return Stale{id, "never ran"}
}

// exitOne lets a command exit: one that was asked to, or any.
func (w *world) exitOne(anyCode bool) bool {
	var can []ID
	for id, a := range w.commands {
		if a.running && !w.exited(id.Process) {
			can = append(can, id)
		}
	}
	if len(can) == 0 {
		return false
	}
	slices.SortFunc(can, func(a, b ID) int { return strings.Compare(a.Process, b.Process) })
	id := rapid.SampledFrom(can).Draw(w.t, "exits")
	a := w.commands[id]
	code := 0
	if anyCode {
		code = rapid.SampledFrom([]int{0, 0, 0, 3}).Draw(w.t, "code")
	}
	switch {
	case a.killed:
		w.tell(Exited{id, 137, "SIGKILL"})
	case a.terminated && code != 0:
		w.tell(Exited{id, 143, "SIGTERM"})
	default:
		w.tell(Exited{id, code, ""})
	}
	return true
}

// touch lets somebody make or remove a directory.
func (w *world) touch() {
	var keys []string
	for _, p := range w.g.Points() {
		keys = append(keys, p.Key)
	}
	key := rapid.SampledFrom(keys).Draw(w.t, "key")
	if rapid.IntRange(0, 9).Draw(w.t, "remove") < 2 {
		w.tell(Gone{key})
		return
	}
	w.tell(Seen{key})
}

func (w *world) fire(n int) {
	timer := w.timers[n]
	w.timers = slices.Delete(w.timers, n, n+1)
	w.tell(Fired{timer})
}

// upset lets something come between a service and its work.
func (w *world) upset() {
	var services []graph.Process
	for _, p := range w.g.Processes() {
		if p.Service && w.runs[p.Name] > 0 {
			services = append(services, p)
		}
	}
	if len(services) == 0 {
		return
	}
	p := rapid.SampledFrom(services).Draw(w.t, "upset")
	id := ID{p.Name, w.runs[p.Name]}
	ev := rapid.SampledFrom([]Event{
		Touched{p.Name, "main.go"}, Unready{id, "reloading"}, Unwell{id, "not alive"},
	}).Draw(w.t, "by")
	if _, unready := ev.(Unready); unready && w.states[p.Name] == IsReady {
		w.due = append(w.due, Ready{id})
	}
	w.tell(ev)
}

// wobble lets a watchpoint go, and come back soon, that a task relies on whose
// check goes on or is over.
func (w *world) wobble() {
	var keys []string
	for _, p := range w.g.Processes() {
		if t := w.tasks[p.Name]; t.stale || w.states[p.Name] == Checking {
			keys = append(keys, slices.Concat(p.WaitsOn...)...)
		}
	}
	keys = slices.DeleteFunc(keys, func(key string) bool { return strings.HasSuffix(key, graph.FailedSuffix) })
	if len(keys) == 0 {
		return
	}
	key := rapid.SampledFrom(keys).Draw(w.t, "wobbles")
	w.tell(Gone{key})
	if rapid.Bool().Draw(w.t, "comes back") && !w.finished {
		w.tell(Seen{key})
	}
}

// stale tells of attempts that are over or never were.
func (w *world) stale() {
	name := rapid.SampledFrom(w.g.Processes()).Draw(w.t, "process").Name
	id := ID{name, rapid.SampledFrom([]int{0, 99}).Draw(w.t, "run")}
	w.tell(rapid.SampledFrom([]Event{
		Started{id},
		Exited{id, 1, ""},
		Ready{id},
		NotReady{id, "late"},
		StartFailed{id, 127, "late"},
		Fired{Timer{Kind: Grace, ID: id}},
		Fired{Timer{Kind: Attempt, ID: id}},
		Stale{id, "late"},
		Current{id, "late"},
		CheckFailed{id, "late"},
		Recorded{id},
		RecordFailed{id, 1, "late"},
	}).Draw(w.t, "stale"))
}

// driveToEnd gives every answer, lets every command end and every outsider do
// its part; then nothing may keep the run.
func (w *world) driveToEnd() {
	for round := 0; !w.finished; round++ {
		switch {
		case round > 1000:
			w.t.Fatalf("the run does not end: states %v", w.states)
		case len(w.due) > 0:
			w.answer(0, false)
		case w.selfSignal(), w.exitTask():
		case !w.told["outside"] && !w.lost["outside"]:
			w.tell(Seen{"outside"})
		case !w.told["limited"] && !w.lost["limited"]:
			w.tell(Seen{"limited"})
		case w.exitAsked(), w.passTime():
		default:
			w.checkMayWait()
			w.tell(Stop{})
		}
	}
}

// selfSignal lets a command make the watchpoints that are its own to make.
func (w *world) selfSignal() bool {
	for _, p := range w.g.Processes() {
		a := w.commands[w.live(p.Name)]
		if a == nil || !a.running {
			continue
		}
		for _, s := range p.Signals {
			if s.When == graph.Self && !w.told[s.Key] && !w.lost[s.Key] {
				w.tell(Seen{s.Key})
				return true
			}
		}
	}
	return false
}

// passTime fires a timer that something waits for.
func (w *world) passTime() bool {
	for n, timer := range w.timers {
		if timer.Kind == BackOff || timer.Kind == Again || timer.Kind == Resignal {
			w.fire(n)
			return true
		}
	}
	return false
}

func (w *world) exitTask() bool {
	for _, p := range w.g.Processes() {
		id := w.live(p.Name)
		if a := w.commands[id]; a != nil && a.running && !p.Service && !w.exited(p.Name) {
			w.tell(Exited{id, w.codeOf(p.Name), ""})
			return true
		}
	}
	return false
}

// codeOf lets fail what may be tried again.
func (w *world) codeOf(name string) int {
	if w.tasks[name].Retries == 0 {
		return 0
	}
	return rapid.SampledFrom([]int{0, 3}).Draw(w.t, "code")
}

func (w *world) exitAsked() bool {
	for _, p := range w.g.Processes() {
		id := w.live(p.Name)
		if a := w.commands[id]; a != nil && a.running && (a.terminated || a.killed) && !w.exited(p.Name) {
			w.tell(Exited{id, 143, "SIGTERM"})
			return true
		}
	}
	return false
}
