// Package engine decides what happens in a run: what starts, what is signalled,
// what can never start and why, when the run is over and how it ends. It is a
// state machine without clock, file system or goroutine: Step takes one event
// and returns the actions that follow from it, so the same events always lead
// to the same actions.
//
// The caller performs the actions in their order and answers Start by Started
// or StartFailed, Signal by Signalled or SignalFailed, Probe by Ready or
// NotReady, SetTimer by Fired, and tells of every exit. News of an attempt that
// is over is dropped.
package engine

import (
	"fmt"
	"time"

	"wprun/internal/graph"
)

// State is what a process is doing.
type State string

// A task goes from waiting to starting, running, signalling (it has exited
// with success and its directories are being made) and succeeded; a service
// from running to ready. Stopping is the way of both to the end that the run
// gives them. A service that backs off has no process: it is started again when
// its pause is over and its gate is open. The last five are final, but that a
// task that has succeeded runs again if a service before it is started anew with
// all that waits on it.
const (
	Waiting    State = "waiting"
	Starting   State = "starting"
	Running    State = "running"
	IsReady    State = "ready"
	Signalling State = "signalling"
	Stopping   State = "stopping"
	BackingOff State = "backing-off"

	Succeeded State = "succeeded"
	Failed    State = "failed"
	Blocked   State = "blocked"
	Skipped   State = "skipped"
	Stopped   State = "stopped"
)

// Final says whether a process in this state has ended for good.
func (s State) Final() bool {
	switch s {
	case Succeeded, Failed, Blocked, Skipped, Stopped:
		return true
	}
	return false
}

// OnFailure says what a failure means for the rest of the run.
type OnFailure string

const (
	// FinishRunning starts nothing new but what waits on a twin.
	FinishRunning OnFailure = "finish"
	// StopRunning also ends the tasks that run.
	StopRunning OnFailure = "stop"
	// Continue goes on with all that does not need what failed.
	Continue OnFailure = "continue"
)

// Policy is how a run is to be conducted.
type Policy struct {
	// Targets name what the run is for; with all they need they are all that
	// is started. None means every process that nothing waits on.
	Targets []string
	// OnFailure is FinishRunning if empty.
	OnFailure OnFailure
	// Jobs limits the tasks that run at once; 0 is no limit.
	Jobs int
	// StopTimeout limits the whole shutdown; 0 is no limit.
	StopTimeout time.Duration
	// Options are those of a process by its name; the zero value is usable.
	Options map[string]Options
}

// Options belong to one process.
type Options struct {
	// Grace is the time between Terminate and Kill; 0 is the default of 10 s.
	Grace time.Duration
	// Success lists the exit codes that mean success; none means 0.
	Success []int
	// Restart says when a service is started again; "" is RestartNo.
	Restart string
	// MaxRestarts limits the restarts without a steady time in between; 0 is the
	// default of 5.
	MaxRestarts int
	// Cascade says that what waits on the service is started anew with it when
	// it is touched.
	Cascade bool
	// Probed asks for Probe also where readiness comes without one.
	Probed bool
}

// When a service is started again.
const (
	RestartNo        = "no"
	RestartOnFailure = "on-failure" // after whatever would be a failure
	RestartAlways    = "always"     // also after an end that is none
)

const defaultGrace = 10 * time.Second

// Engine holds the state of a run. It is not safe for concurrent use.
type Engine struct {
	g      *graph.Graph
	policy Policy

	procs  []process
	points []point
	elems  []element

	tasks, services queue // gates are open; they wait for their turn
	starting        int   // the process whose Start is unanswered, or -1
	live            int   // processes that have been started and have not ended
	working         int   // those of them that are tasks; each holds a slot
	leaving         int   // those of the tasks that were asked to end
	unready         int   // services that are live, or will be again, and not ready
	waiting         int   // processes in state Waiting
	blocked         int   // processes in state Blocked

	doomed   []int // gates that can never open, not yet dealt with
	shutList []int // what is to be stopped, last layer first

	failure  *failure
	closing  bool // a failure keeps everything but handlers from starting
	draining bool // nothing starts any more
	stops    int  // how often the run was asked to end
	killing  bool
	timedOut bool
	alone    bool
	finished bool

	holding bool          // a start was busy: nothing starts for the moment
	pause   time.Duration // the latest one after a busy start
	tries   int           // busy starts in a row while nothing was alive

	out []Action
}

type process struct {
	state    State
	run      int
	selected bool
	target   bool
	// handler says that it waits, directly or not, on a twin.
	handler bool
	queued  bool
	ending  bool
	killed  bool
	// verdict is a failure that waits for the exit of the command.
	verdict *failure
	// again is why it is to be started again after its end.
	again *again
	// restarts counts those that no steady time separates.
	restarts int
	// due says that its pause is over; back that it was started out of one.
	due, back bool
	// signals unanswered.
	pending int
	// turn counts how often it has taken back what it earned.
	turn int
	// waited is how long signals have been held up, by their first key.
	waited map[string]time.Duration
	// heldStart and heldEarned say which of its watchpoints it has made.
	heldStart, heldEarned bool
	// missing counts the elements of the gate that are not satisfied.
	missing int
	// cause is why a process is blocked or skipped, and root what the last one
	// in the chain of causes waited on.
	cause cause
	root  graph.Wait
	code  int
	why   string
}

// failure is what a process, or the run, failed of.
type failure struct {
	name string
	code int
	why  string
}

// New makes the engine of one run. The targets are in the graph: the caller
// checks names.
func New(g *graph.Graph, p Policy) *Engine {
	e := &Engine{g: g, policy: p, starting: -1}
	e.tasks.before, e.services.before = e.before, e.before
	e.procs = make([]process, len(g.Processes()))
	e.points = make([]point, len(g.Points()))
	e.choose()
	e.connect()
	return e
}

// choose marks the targets and all they need.
func (e *Engine) choose() {
	targets := e.g.Chosen(e.policy.Targets)
	for i, in := range e.g.Closure(targets) {
		e.procs[i].selected = in
		e.procs[i].state = Waiting
		if in {
			e.waiting++
		}
	}
	for _, i := range targets {
		e.procs[i].target = true
	}
}

// Step takes one event and returns what is to be done about it, in order. The
// slice is valid until the next Step.
func (e *Engine) Step(ev Event) []Action {
	e.out = e.out[:0]
	if e.finished {
		return nil
	}
	e.take(ev)
	e.settle()
	return e.out
}

func (e *Engine) take(ev Event) {
	switch ev := ev.(type) {
	case Begin:
		e.begin()
	case Seen:
		e.seen(ev.Key, true)
	case Gone:
		e.seen(ev.Key, false)
	case Started:
		e.ifLive(ev.ID, e.started)
	case StartFailed:
		e.ifLive(ev.ID, func(i int) { e.startFailed(i, ev) })
	case Exited:
		e.ifLive(ev.ID, func(i int) { e.exited(i, ev) })
	case Ready:
		e.ifLive(ev.ID, e.probed)
	case NotReady:
		e.ifLive(ev.ID, func(i int) { e.giveUp(i, failure{code: 124, why: ev.Why}) })
	case Busy:
		e.ifLive(ev.ID, func(i int) { e.busy(i, ev) })
	case Unready:
		e.ifLive(ev.ID, func(i int) { e.becomesUnready(i, ev.Why) })
	case Unwell:
		e.ifLive(ev.ID, func(i int) { e.unwell(i, ev.Why) })
	case Touched:
		e.touched(ev)
	case Signalled:
		e.signalled(ev)
	case SignalFailed:
		e.ifLive(ev.ID, func(i int) { e.signalFailed(i, ev) })
	case Fired:
		e.fired(ev.Timer)
	case Stop:
		e.stop()
	case TimeIsUp:
		e.timedOut = true
		e.drain()
	default:
		panic(fmt.Sprintf("engine: unknown event %T", ev))
	}
}

func (e *Engine) begin() {
	for i := range e.points {
		p := e.g.Points()[i]
		if p.External && p.Timeout > 0 && e.points[i].awaited() {
			e.emit(SetTimer{Timer{Kind: Outside, Key: p.Key}, p.Timeout})
		}
	}
	for i := range e.procs {
		if e.procs[i].selected {
			e.enqueue(i)
		}
	}
}

// settle draws the consequences of an event until nothing more follows.
func (e *Engine) settle() {
	for {
		e.bury()
		e.startNext()
		if e.draining || !e.over() {
			break
		}
		e.drain()
	}
	if e.draining {
		e.stopNext()
		if (e.live == 0 || e.stops > 2) && !e.finished {
			e.finished = true
			e.emit(Finish{e.exitCode()})
		}
	}
}

func (e *Engine) exitCode() int {
	switch {
	case e.timedOut:
		return 124
	case e.failure != nil:
		return max(e.failure.code, 1)
	case e.blocked > 0:
		return 1
	}
	return 0
}

// ifLive calls f unless id is an attempt that is over.
func (e *Engine) ifLive(id ID, f func(i int)) {
	i, ok := e.g.Process(id.Process)
	if !ok {
		return
	}
	p := &e.procs[i]
	if p.run != id.Run || !e.isLive(i) {
		return
	}
	f(i)
}

// move is the one place where a state changes.
func (e *Engine) move(i int, to State, why string) {
	p := &e.procs[i]
	from := p.state
	e.count(i, from, -1)
	p.state, p.why = to, why
	e.count(i, to, +1)
	e.emit(Changed{ID: e.id(i), From: from, To: to, Code: p.code, Why: why})
}

// count keeps the numbers of processes by what they are doing.
func (e *Engine) count(i int, s State, by int) {
	switch s {
	case Waiting:
		e.waiting += by
	case Blocked:
		e.blocked += by
	case BackingOff:
		e.unready += by
	case Starting, Running, IsReady, Signalling, Stopping:
		e.live += by
		if e.service(i) {
			e.countService(s, by)
		} else {
			e.countTask(s, by)
		}
	}
}

func (e *Engine) countService(s State, by int) {
	if s == Starting || s == Running {
		e.unready += by
	}
}

// countTask counts a task as working until its directories are made, so that
// what they let start competes for the slot that it leaves.
func (e *Engine) countTask(s State, by int) {
	e.working += by
	if s == Stopping {
		e.leaving += by
	}
}

func (e *Engine) id(i int) ID {
	return ID{e.g.Processes()[i].Name, e.procs[i].run}
}

func (e *Engine) service(i int) bool { return e.g.Processes()[i].Service }

func (e *Engine) emit(a Action) { e.out = append(e.out, a) }
