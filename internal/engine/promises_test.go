package engine

import (
	"slices"
	"strings"

	"wprun/internal/graph"
)

// check says what an action promises; it is asked before the action is performed.
func (w *world) check(a Action) {
	if w.finished {
		w.t.Fatalf("%q after the end", a)
	}
	switch a := a.(type) {
	case Start:
		w.checkStart(a.ID)
	case Check:
		w.checkCheck(a.ID, a.Anew)
	case Record:
		w.checkRecord(a.ID)
	case Probe:
		w.mustBeLive(a.ID)
	case Signal:
		w.mustBeKnown(a.ID)
	case Declare:
		w.checkDeclare(a.Keys)
	case Terminate:
		w.checkTerminate(a.ID)
	case Kill:
		if w.mustBeLive(a.ID).killed {
			w.t.Fatalf("%s is killed twice", a.ID)
		}
	case Changed:
		w.checkChanged(a)
	}
}

func (w *world) checkStart(id ID) {
	i, _ := w.g.Process(id.Process)
	p := w.g.Processes()[i]
	switch {
	case !w.isNext(id) || w.live(id.Process) != (ID{}):
		w.t.Fatalf("%s is started twice", id)
	case !w.selected[i]:
		w.t.Fatalf("%s is started but not needed", id)
	case w.draining:
		w.t.Fatalf("%s is started while the run ends", id)
	case w.making != nil:
		w.t.Fatalf("%s is started while the process of another is to be made", id)
	case !w.open(p):
		w.t.Fatalf("%s is started but its gate %v is not open", id, p.WaitsOn)
	case w.shut(i) && !w.tasks[id.Process].resting:
		w.t.Fatalf("%s is started after a failure and handles none", id)
	case w.released(i):
		w.t.Fatalf("%s is started and nothing needs it any more", id)
	case !p.Service:
		w.checkTask(id)
	}
}

// shut says that a failure keeps process i from starting.
func (w *world) shut(i int) bool {
	return len(w.failures) > 0 && w.policy.OnFailure != Continue && !w.handler[i]
}

func (w *world) open(p graph.Process) bool {
	for _, anyOf := range p.WaitsOn {
		if !slices.ContainsFunc(anyOf, func(key string) bool { return w.told[key] }) {
			return false
		}
	}
	return true
}

func (w *world) mustBeLive(id ID) *attempt {
	a := w.commands[id]
	if a == nil {
		w.t.Fatalf("%s has no command", id)
	}
	return a
}

func (w *world) mustBeKnown(id ID) {
	if s := w.states[id.Process]; s == "" || s.Final() {
		w.t.Fatalf("%s signals in state %q", id, s)
	}
}

// checkDeclare checks that a twin is made only for what can no longer come.
func (w *world) checkDeclare(keys []string) {
	for _, twin := range keys {
		point, _ := w.g.Point(strings.TrimSuffix(twin, graph.FailedSuffix))
		if s := w.signaller(point); s != "" {
			w.t.Fatalf("%s is declared while %s is %q", twin, s, w.states[s])
		}
	}
}

// signaller names a process that may yet signal a point, or is "".
func (w *world) signaller(point int) string {
	for _, s := range w.g.Points()[point].Signallers {
		name := w.g.Processes()[s].Name
		if w.selected[s] && !w.states[name].Final() {
			return name
		}
	}
	return ""
}

// checkTerminate checks that the end of a run goes from the last layer to the first.
func (w *world) checkTerminate(id ID) {
	a := w.mustBeLive(id)
	if a.terminated {
		w.t.Fatalf("%s is terminated twice", id)
	}
	if !w.draining {
		return
	}
	for other, b := range w.commands {
		if w.g.Level(b.index) > w.g.Level(a.index) && !w.exiting(other) {
			w.t.Fatalf("%s is terminated before %s", id, other)
		}
	}
}

// exiting says that the exit of a command is under way to the engine.
func (w *world) exiting(id ID) bool { return w.states[id.Process].Final() }

var legal = map[State][]State{
	"":         {Starting, Checking, Failed, Blocked, Skipped, Stopped},
	Waiting:    {Starting, Checking, Failed, Blocked, Skipped, Stopped},
	Checking:   {Waiting, Signalling, Failed, Blocked, Skipped, Stopped},
	Starting:   {Running, Stopping, Failed, BackingOff, Waiting, Stopped},
	Running:    {IsReady, Recording, Signalling, Stopping, Failed, Succeeded, Stopped, BackingOff},
	IsReady:    {Running, Stopping, Failed, Succeeded, BackingOff},
	Recording:  {Signalling, Failed, BackingOff, Waiting, Stopped},
	Signalling: {Succeeded, UpToDate, Failed},
	Stopping:   {Failed, Stopped, BackingOff, Waiting}, // whatever its code was
	BackingOff: {Starting, Checking, Failed, Stopped, Blocked, Skipped},
	Succeeded:  {Waiting}, // what it waits on was started anew
	UpToDate:   {Waiting},
}

func (w *world) checkChanged(c Changed) {
	name := c.ID.Process
	i, _ := w.g.Process(name)
	if from := w.states[name]; !slices.Contains(legal[from], c.To) {
		w.t.Fatalf("%s goes from %q to %q", name, from, c.To)
	}
	if c.Why == released && !w.released(i) {
		w.t.Fatalf("%s is %s, but is needed", name, c.To)
	}
	switch c.To {
	case Failed:
		if !slices.Contains(w.blame[name], c.Code) {
			w.t.Fatalf("%s failed with code %d, but was told %v", name, c.Code, w.blame[name])
		}
		if c.Excused != w.tasks[name].AllowFailure {
			w.t.Fatalf("the failure of %s is excused: %t", name, c.Excused)
		}
	case BackingOff:
		if t := w.tasks[name]; !w.g.Processes()[i].Service && c.From != Starting && t.tried >= t.Retries {
			w.t.Fatalf("%s is tried again after %d retries", name, t.tried)
		}
	case Blocked, Skipped:
		if c.Excused && !w.mayBeExcused(i) {
			w.t.Fatalf("%s is excused and nothing that it needs is", name)
		}
		if w.open(w.g.Processes()[i]) && (!w.shut(i) || w.tasks[name].resting) && c.Why != released {
			w.t.Fatalf("%s is %s though its gate is open", name, c.To)
		}
	}
}

// checkMayWait says that a run that goes on with nothing to do is kept by a
// service that is a target.
func (w *world) checkMayWait() {
	for i, p := range w.g.Processes() {
		if p.Service && w.selected[i] && w.states[p.Name] == IsReady {
			return
		}
	}
	if w.requested {
		w.t.Fatalf("the run was asked to end and does not: %v", w.states)
	}
	w.t.Fatalf("the run goes on for nothing: %v", w.states)
}

func (w *world) checkEnd() {
	if w.stops > 2 { // then nobody waits
		return
	}
	if len(w.commands) > 0 {
		w.t.Fatalf("finished with %d commands", len(w.commands))
	}
	blocked := false
	for i, p := range w.g.Processes() {
		state := w.states[p.Name]
		switch {
		case w.selected[i] && !state.Final():
			w.t.Fatalf("finished with %s in state %q", p.Name, state)
		case !w.selected[i] && state != "":
			w.t.Fatalf("%s is not needed, but went to %q", p.Name, state)
		}
		blocked = blocked || state == Blocked && !w.tasks[p.Name].excused
	}
	w.checkCode(blocked)
}

// checkCode relies on the order in which things failed.
func (w *world) checkCode(blocked bool) {
	want := 0
	switch {
	case w.timedOut:
		want = 124
	case len(w.failures) > 0:
		want = max(1, w.failures[0].code)
	case blocked:
		want = 1
	}
	if w.code != want {
		w.t.Fatalf("code %d, want %d; failures: %v", w.code, want, w.failures)
	}
}
