package engine

import (
	"slices"
	"strings"

	"pgregory.net/rapid"

	"wprun/internal/graph"
)

// world performs the engine's actions and makes things happen.
type world struct {
	t      *rapid.T
	g      *graph.Graph
	policy Policy
	engine *Engine

	selected []bool
	target   []bool
	handler  []bool
	states   map[string]State
	tasks    map[string]*work
	runs     map[string]int  // attempts so far
	told     map[string]bool // what the engine was told to be there
	lost     map[string]bool // what can no longer come, whoever makes it
	commands map[ID]*attempt // those that have not ended
	due      []Event         // answers
	timers   []Timer

	making    *ID // the attempt whose process is to be made
	draining  bool
	requested bool             // the end of the run was asked for
	stops     int              // how often
	failures  []failure        // in their order
	blame     map[string][]int // codes with which a process may fail
	timedOut  bool
	finished  bool
	code      int

	events  []Event
	answers [][]string
}

// attempt is a command as the world sees it.
type attempt struct {
	index      int
	running    bool
	terminated bool
	killed     bool
}

func newWorld(t *rapid.T, p plan) *world {
	w := &world{
		t: t, g: p.g, policy: p.policy, engine: New(p.g, p.policy),
		states: map[string]State{}, tasks: map[string]*work{}, runs: map[string]int{}, told: map[string]bool{}, lost: map[string]bool{}, commands: map[ID]*attempt{},
		blame: map[string][]int{},
	}
	targets := p.g.Sinks()
	if len(p.policy.Targets) > 0 {
		targets = nil
		for _, name := range p.policy.Targets {
			i, _ := p.g.Process(name)
			targets = append(targets, i)
		}
	}
	w.selected = p.g.Closure(targets)
	w.target = make([]bool, len(w.selected))
	for _, i := range targets {
		w.target[i] = true
	}
	for i, proc := range p.g.Processes() {
		w.tasks[proc.Name] = &work{Options: p.policy.Options[proc.Name], wanted: w.needed(i)}
	}
	w.handler = make([]bool, len(w.selected))
	for i, proc := range p.g.Processes() { // drawn in an order without forward waits
		w.handler[i] = w.isHandler(proc)
	}
	return w
}

func (w *world) isHandler(p graph.Process) bool {
	for _, key := range slices.Concat(p.WaitsOn...) {
		if strings.HasSuffix(key, graph.FailedSuffix) {
			return true
		}
		point, _ := w.g.Point(key)
		for _, s := range w.g.Points()[point].Signallers {
			if w.handler[s] {
				return true
			}
		}
	}
	return false
}

// tell gives the engine an event and performs what it answers.
func (w *world) tell(ev Event) {
	w.t.Logf("> %s", ev)
	w.believe(ev)
	w.events = append(w.events, ev)
	var answers []string
	for _, a := range w.engine.Step(ev) {
		w.t.Logf("  %s", a)
		answers = append(answers, a.String())
		w.check(a)
		w.perform(a)
	}
	w.bury()
	w.shutGates()
	w.checkNeeds()
	w.answers = append(w.answers, answers)
}

// believe keeps what the engine knows of directories and of what went wrong.
func (w *world) believe(ev Event) {
	switch ev := ev.(type) {
	case Seen:
		w.told[ev.Key] = !w.lost[ev.Key]
	case Gone:
		w.told[ev.Key] = false
	case Signalled:
		for _, key := range ev.Keys {
			w.told[key] = !w.lost[key]
		}
	case Fired:
		switch ev.Timer.Kind {
		case Outside:
			w.giveUp(ev.Timer.Key)
		case Hopeless:
			w.accuse(ev.Timer.ID, 125)
		case Attempt:
			w.accuse(ev.Timer.ID, 124)
		case Patience:
			w.accuse(ID{ev.Timer.ID.Process, 1}, 124)
		}
	case Stop:
		w.requested, w.draining = true, true
		w.stops++
	case TimeIsUp:
		w.requested, w.draining, w.timedOut = true, true, true
	case StartFailed:
		w.accuse(ev.ID, ev.Code)
	case Busy:
		w.accuse(ev.ID, ev.Code)
	case Unwell:
		w.accuse(ev.ID, 1)
	case Exited:
		w.accuse(ev.ID, max(1, ev.Code)) // 1 where a promise was not kept
	case Stale:
		w.finds(ev.ID, true)
	case Current:
		w.finds(ev.ID, false)
	case CheckFailed:
		w.finds(ev.ID, false)
		w.accuse(ev.ID, 1)
	case Recorded:
		w.recorded(ev.ID)
	case RecordFailed:
		w.recorded(ev.ID)
		w.accuse(ev.ID, ev.Code)
	case NotReady:
		w.accuse(ev.ID, 124)
	case SignalFailed:
		w.accuse(ev.ID, 125)
	}
}

func (w *world) recorded(id ID) {
	if w.states[id.Process] == Recording && id.Run == w.runs[id.Process] {
		w.tasks[id.Process].owed = false
	}
}

// accuse says with which code a process may fail.
func (w *world) accuse(id ID, code int) {
	if id.Run > 0 {
		w.blame[id.Process] = append(w.blame[id.Process], code)
	}
}

// giveUp ends the patience with an external watchpoint; that is a failure if
// anybody waits for it.
func (w *world) giveUp(key string) {
	if w.told[key] || w.lost[key] {
		return
	}
	w.lost[key] = true
	for i, p := range w.g.Processes() {
		if w.selected[i] && w.waits(p.Name) && slices.Contains(slices.Concat(p.WaitsOn...), key) {
			w.failures = append(w.failures, failure{name: key, code: 124, why: "was given up"})
			return
		}
	}
}

// bury takes note of what is absent and has nobody left to make it. Its twin is
// not made for that if it was earned once.
func (w *world) bury() {
	for i, p := range w.g.Points() {
		if !p.External && !w.told[p.Key] && w.signaller(i) == "" {
			w.lost[p.Key] = true
		}
	}
}

func (w *world) perform(a Action) {
	switch a := a.(type) {
	case Start:
		i, _ := w.g.Process(a.ID.Process)
		w.making = &a.ID
		w.commands[a.ID] = &attempt{index: i}
		w.runs[a.ID.Process] = a.ID.Run
		w.due = append(w.due, Started{a.ID})
	case Check:
		t := w.tasks[a.ID.Process]
		t.asked, t.owed, t.stale, t.flipped = a.ID, true, false, false
		w.due = append(w.due, Stale{a.ID, "never ran"})
	case Record:
		w.tasks[a.ID.Process].owed = true
		w.due = append(w.due, Recorded{a.ID})
	case Probe:
		w.due = append(w.due, Ready{a.ID})
	case Signal:
		w.due = append(w.due, Signalled{ID: a.ID, Keys: a.Keys, Turn: a.Turn})
	case Declare:
		w.declare(a.Keys)
		w.flip(a.Keys)
	case Unsignal:
		for _, key := range a.Keys {
			w.told[key] = false
		}
	case Terminate:
		w.commands[a.ID].terminated = true
	case Kill:
		w.commands[a.ID].killed = true
	case SetTimer:
		w.draining = w.draining || a.Timer.Kind == Deadline
		w.timers = append(w.timers, a.Timer)
	case Changed:
		w.changed(a)
	case Finish:
		w.finished, w.code = true, a.Code
	}
}

func (w *world) declare(twins []string) {
	for _, twin := range twins {
		key := strings.TrimSuffix(twin, graph.FailedSuffix)
		w.told[twin] = true
		w.lost[key], w.told[key] = true, false
	}
}

func (w *world) changed(c Changed) {
	w.tasks[c.ID.Process].changed(c)
	if c.From == Checking {
		w.runs[c.ID.Process] = c.ID.Run // an attempt was found needless
	}
	if c.From == Starting {
		w.made(c.ID)
	}
	w.states[c.ID.Process] = c.To
	if c.To == Failed && !c.Excused {
		w.failures = append(w.failures, failure{c.ID.Process, c.Code, c.Why})
	}
	if c.To.Final() || c.To == BackingOff || c.To == Waiting {
		delete(w.commands, c.ID)
	}
}

func (w *world) waits(name string) bool { return w.states[name] == "" || w.states[name] == Waiting }

// exited says that a process has no command any more, though it goes on.
func (w *world) exited(name string) bool {
	return w.states[name] == Signalling || w.states[name] == Recording
}

// live is the attempt of a process that has not ended; zero if there is none.
func (w *world) live(name string) ID {
	if id := (ID{name, w.runs[name]}); w.commands[id] != nil {
		return id
	}
	return ID{}
}
