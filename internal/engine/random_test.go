package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"wprun/internal/graph"
)

// Whatever happens in whatever order, the engine keeps its promises: see the
// checks of world.
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

// world performs the engine's actions and makes things happen.
type world struct {
	t      *rapid.T
	g      *graph.Graph
	policy Policy
	engine *Engine

	selected []bool
	handler  []bool
	states   map[string]State
	told     map[string]bool // what the engine was told to be there
	lost     map[string]bool // what can no longer come, whoever makes it
	commands map[ID]*attempt // those that have not ended
	answers_ []Event         // answers that are due
	timers   []Timer

	unanswered bool // a Start is
	draining   bool
	requested  bool // the end of the run was asked for
	forced     bool
	failures   []failure
	timedOut   bool
	finished   bool
	code       int

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
		states: map[string]State{}, told: map[string]bool{}, lost: map[string]bool{}, commands: map[ID]*attempt{},
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
		w.perform(a)
	}
	w.answers = append(w.answers, answers)
}

// believe keeps what the engine knows of directories.
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
		if ev.Timer.Kind == Outside && !w.told[ev.Timer.Key] {
			w.lost[ev.Timer.Key] = true
		}
	case Stop:
		w.forced = w.requested
		w.requested, w.draining = true, true
	case TimeIsUp:
		w.requested, w.draining, w.timedOut = true, true, true
	}
}

func (w *world) perform(a Action) {
	if w.finished {
		w.t.Fatalf("%q after the end", a)
	}
	switch a := a.(type) {
	case Start:
		w.start(a.ID)
	case Probe:
		w.mustBeLive(a.ID)
		w.answers_ = append(w.answers_, Ready{a.ID})
	case Signal:
		w.mustBeKnown(a.ID)
		w.answers_ = append(w.answers_, Signalled{a.ID, a.Keys})
	case Declare:
		w.declare(a.Keys)
	case Unsignal:
		for _, key := range a.Keys {
			w.told[key] = false
		}
	case Terminate:
		w.terminate(a.ID)
	case Kill:
		w.kill(a.ID)
	case SetTimer:
		w.draining = w.draining || a.Timer.Kind == Deadline
		w.timers = append(w.timers, a.Timer)
	case Changed:
		w.changed(a)
	case Finish:
		w.finished, w.code = true, a.Code
	}
}

func (w *world) start(id ID) {
	i, _ := w.g.Process(id.Process)
	p := w.g.Processes()[i]
	switch {
	case id.Run != 1 || w.commands[id] != nil:
		w.t.Fatalf("%s is started twice", id)
	case !w.selected[i]:
		w.t.Fatalf("%s is started but not needed", id)
	case w.draining:
		w.t.Fatalf("%s is started while the run ends", id)
	case w.unanswered:
		w.t.Fatalf("%s is started while another start is unanswered", id)
	case !w.open(p):
		w.t.Fatalf("%s is started but its gate %v is not open", id, p.WaitsOn)
	case len(w.failures) > 0 && w.policy.OnFailure != Continue && !w.handler[i]:
		w.t.Fatalf("%s is started after a failure and handles none", id)
	}
	w.unanswered = true
	w.commands[id] = &attempt{index: i}
	w.answers_ = append(w.answers_, Started{id})
	if tasks := w.tasks(); w.policy.Jobs > 0 && tasks > w.policy.Jobs {
		w.t.Fatalf("%d tasks at once", tasks)
	}
}

func (w *world) open(p graph.Process) bool {
	for _, anyOf := range p.WaitsOn {
		if !slices.ContainsFunc(anyOf, func(key string) bool { return w.told[key] }) {
			return false
		}
	}
	return true
}

func (w *world) tasks() (n int) {
	for id := range w.commands {
		if !w.g.Processes()[w.commands[id].index].Service {
			n++
		}
	}
	return n
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

// declare checks that a twin is made only for what can no longer come.
func (w *world) declare(keys []string) {
	for _, twin := range keys {
		key := strings.TrimSuffix(twin, graph.FailedSuffix)
		point, _ := w.g.Point(key)
		for _, s := range w.g.Points()[point].Signallers {
			name := w.g.Processes()[s].Name
			if state := w.states[name]; w.selected[s] && !state.Final() {
				w.t.Fatalf("%s is declared while %s is %q", twin, name, state)
			}
		}
		w.told[twin] = true
		w.lost[key], w.told[key] = true, false
	}
}

// terminate checks that the end of a run goes from the last layer to the first.
func (w *world) terminate(id ID) {
	a := w.mustBeLive(id)
	if a.terminated || !a.running {
		w.t.Fatalf("%s is terminated twice, or before it runs", id)
	}
	a.terminated = true
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

func (w *world) kill(id ID) {
	a := w.mustBeLive(id)
	if a.killed {
		w.t.Fatalf("%s is killed twice", id)
	}
	a.killed = true
}

var legal = map[State][]State{
	"":         {Starting, Blocked, Skipped, Stopped},
	Starting:   {Running, Failed},
	Running:    {IsReady, Signalling, Stopping, Failed, Succeeded, Stopped},
	IsReady:    {Stopping, Failed, Succeeded},
	Signalling: {Succeeded, Failed},
	Stopping:   {Signalling, Failed, Stopped},
}

func (w *world) changed(c Changed) {
	name := c.ID.Process
	i, _ := w.g.Process(name)
	from := w.states[name]
	if !slices.Contains(legal[from], c.To) {
		w.t.Fatalf("%s goes from %q to %q", name, from, c.To)
	}
	w.states[name] = c.To
	switch c.To {
	case Failed:
		w.failures = append(w.failures, failure{name, c.Code, c.Why})
	case Blocked, Skipped:
		closed := len(w.failures) > 0 && w.policy.OnFailure != Continue && !w.handler[i]
		if w.open(w.g.Processes()[i]) && !closed && !w.limitedOver() {
			w.t.Fatalf("%s is %s though its gate is open", name, c.To)
		}
	}
	if c.To.Final() || c.To == Signalling {
		w.ended(c.ID)
	}
}

// limitedOver says that the external watchpoint with a time-out was given up,
// which is a failure without a process.
func (w *world) limitedOver() bool { return w.lost["limited"] }

func (w *world) ended(id ID) {
	if a := w.commands[id]; a != nil && w.states[id.Process] != Signalling {
		delete(w.commands, id)
	}
}

// randomStep makes one thing happen.
func (w *world) randomStep() {
	choice := rapid.IntRange(0, 99).Draw(w.t, "what")
	switch {
	case choice < 45 && len(w.answers_) > 0:
		w.answer(rapid.IntRange(0, len(w.answers_)-1).Draw(w.t, "answer"), true)
	case choice < 70:
		w.exitOne(true)
	case choice < 85:
		w.touch()
	case choice < 90 && len(w.timers) > 0:
		w.fire(rapid.IntRange(0, len(w.timers)-1).Draw(w.t, "timer"))
	case choice < 95:
		w.stale()
	case choice == 95:
		w.tell(Stop{})
	case choice == 96:
		w.tell(TimeIsUp{})
	}
}

// answer gives one of the answers that are due, or a bad one in its place.
func (w *world) answer(n int, mayFail bool) {
	ev := w.answers_[n]
	w.answers_ = slices.Delete(w.answers_, n, n+1)
	bad := mayFail && rapid.IntRange(0, 99).Draw(w.t, "bad") < 10
	switch a := ev.(type) {
	case Started:
		w.unanswered = false
		if bad {
			w.tell(StartFailed{a.ID, 127, "no such program"})
			return
		}
		w.commands[a.ID].running = true
	case Ready:
		if bad {
			ev = NotReady{a.ID, "connection refused"}
		}
	case Signalled:
		if bad {
			ev = SignalFailed{a.ID, a.Keys[0], "no space left on device"}
		}
	}
	w.tell(ev)
}

// exitOne lets a command exit: one that was asked to, or any.
func (w *world) exitOne(anyCode bool) bool {
	var can []ID
	for id, a := range w.commands {
		if a.running && w.states[id.Process] != Signalling {
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

// stale tells of attempts that are over or never were.
func (w *world) stale() {
	name := rapid.SampledFrom(w.g.Processes()).Draw(w.t, "process").Name
	id := ID{name, rapid.SampledFrom([]int{0, 2}).Draw(w.t, "run")}
	w.tell(rapid.SampledFrom([]Event{
		Started{id},
		Exited{id, 1, ""},
		Ready{id},
		NotReady{id, "late"},
		StartFailed{id, 127, "late"},
		Fired{Timer{Kind: Grace, ID: id}},
	}).Draw(w.t, "stale"))
}

// driveToEnd gives every answer, lets every command end and every outsider do
// its part; then nothing may keep the run.
func (w *world) driveToEnd() {
	for round := 0; !w.finished; round++ {
		switch {
		case round > 1000:
			w.t.Fatalf("the run does not end: states %v", w.states)
		case len(w.answers_) > 0:
			w.answer(0, false)
		case w.selfSignal(), w.exitTask():
		case !w.told["outside"]:
			w.tell(Seen{"outside"})
		case !w.told["limited"] && !w.limitedOver():
			w.tell(Seen{"limited"})
		case w.exitAsked():
		default:
			w.checkMayWait()
			w.tell(Stop{})
		}
	}
}

// selfSignal lets a command make the watchpoints that are its own to make.
func (w *world) selfSignal() bool {
	for i, p := range w.g.Processes() {
		a := w.commands[ID{p.Name, 1}]
		if a == nil || !a.running {
			continue
		}
		for _, s := range w.g.Processes()[i].Signals {
			point, _ := w.g.Point(s.Key)
			if s.When == graph.Self && !w.told[s.Key] && !w.engine.points[point].itself.never {
				w.tell(Seen{s.Key})
				return true
			}
		}
	}
	return false
}

func (w *world) exitTask() bool {
	for _, p := range w.g.Processes() {
		id := ID{p.Name, 1}
		if a := w.commands[id]; a != nil && a.running && !p.Service && w.states[p.Name] != Signalling {
			w.tell(Exited{id, 0, ""})
			return true
		}
	}
	return false
}

func (w *world) exitAsked() bool {
	for _, p := range w.g.Processes() {
		id := ID{p.Name, 1}
		if a := w.commands[id]; a != nil && (a.terminated || a.killed) {
			w.tell(Exited{id, 143, "SIGTERM"})
			return true
		}
	}
	return false
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
		blocked = blocked || state == Blocked
	}
	if err := w.checkCode(blocked); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) checkCode(blocked bool) error {
	switch {
	case w.timedOut && w.code != 124:
		return fmt.Errorf("code %d after the time-out", w.code)
	case w.timedOut || w.limitedOver():
	case len(w.failures) > 0 && w.code != max(1, w.failures[0].code):
		return fmt.Errorf("code %d, but the first failure was %v", w.code, w.failures[0])
	case len(w.failures) == 0 && blocked && w.code != 1:
		return fmt.Errorf("code %d, but something was blocked", w.code)
	case len(w.failures) == 0 && !blocked && w.code != 0:
		return fmt.Errorf("code %d without a failure", w.code)
	}
	return nil
}
