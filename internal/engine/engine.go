// Package engine decides what happens in a run: what starts, what is signalled,
// what can never start and why, when the run is over and how it ends. It is a
// state machine without clock, file system or goroutine: Step takes one event
// and returns the actions that follow from it, so the same events always lead
// to the same actions.
//
// The caller performs the actions in their order and answers Start by Made and
// then Started, StartFailed or Busy (the last two also without Made), Signal by
// Signalled or SignalFailed, Probe by Ready or NotReady, Check by Current, Stale or
// CheckFailed, Record by Recorded or RecordFailed, SetTimer by Fired, and tells of
// every exit. News of an attempt that is over is dropped.
package engine

import (
	"fmt"
	"time"

	"wprun/internal/graph"
)

// Engine holds the state of a run. It is not safe for concurrent use.
type Engine struct {
	g      *graph.Graph
	policy Policy

	procs  []process
	points []point
	elems  []element
	refs   []ref
	// lostBy says why points can no longer come, and fallenBy why processes are
	// blocked or skipped.
	lostBy   map[int]cause
	fallenBy map[int]fall

	services queue // gates are open; they wait for their turn
	pools    []*pool
	making   int // what was to start and is not Made yet, or -1
	live     int // processes that have been started and have not ended
	working  int // those of them that are tasks; each holds slots
	slots    int // the sum of their weights
	coming   int // tasks that are being checked or back off
	leaving  int // those of the tasks that were asked to end
	unready  int // services that are live, or will be again, and not ready
	waiting  int // processes in state Waiting
	blocked  int // processes in state Blocked
	staying  int // targets that have begun and not ended

	toCheck  []int  // gates are open, and it is not known whether they have to run
	doomed   []int  // gates that can never open, not yet dealt with
	moving   []bool // of hope; kept for its memory
	serves   bool   // there are services to be released
	todo     []int  // of ended; kept for its memory
	unneeded []int  // services to be looked at: their last consumer has ended
	down     shutdown

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
	state State
	// why goes with the state.
	why  string
	code int
	pool *pool
	// verdict is a failure that waits for the exit of the command.
	verdict *failure
	// again is why it is to be started again after its end.
	again *again
	// waited is how long signals have been held up, by their first key.
	waited map[string]time.Duration

	// restarts counts the retries of a task, and those restarts of a service that
	// no steady time separates.
	restarts int
	options  *Options
	run      int32
	// pending counts the signals that are unanswered.
	pending int32
	// turn counts how often it has taken back what it earned.
	turn int32
	// missing counts the elements of the gate that are not satisfied.
	missing int32

	selected bool
	target   bool
	// handler says that it waits, directly or not, on a twin.
	handler bool
	queued  bool
	// asked says that a check is unanswered; checked that it has to run; current
	// that it need not.
	asked, checked, current bool
	// excused says that its failure, or that it is blocked, is none of the run's.
	excused bool
	// wanted says that somebody needed it at first.
	wanted bool
	// done says that it has ended, and all that wait on it.
	done bool
	// anew says that it runs again whether it is up to date or not.
	anew   bool
	ending bool
	killed bool
	// due says that its pause is over; back that it was started out of one.
	due, back bool
	// heldStart, heldEarned and heldSelf say which of its watchpoints it has made; the
	// last are those of its command, if it is up to date.
	heldStart, heldEarned, heldSelf bool
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
	e := &Engine{g: g, policy: p, making: -1, lostBy: map[int]cause{}, fallenBy: map[int]fall{}}
	e.services.before = e.before
	e.procs = make([]process, len(g.Processes()))
	e.points = make([]point, len(g.Points()))
	e.setOptions()
	e.choose()
	e.connect()
	e.makePools()
	e.countUsers()
	return e
}

// setOptions finds those of each process once. Processes without any share some.
func (e *Engine) setOptions() {
	var usual Options
	for i, p := range e.g.Processes() {
		e.procs[i].options = &usual
		if o, ok := e.policy.Options[p.Name]; ok {
			own := o
			e.procs[i].options = &own
		}
	}
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
	case Made:
		e.ifLive(ev.ID, e.made)
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
	case Current:
		e.checkAnswered(ev.ID, func(i int) { e.isCurrent(i, ev.Why) })
	case Stale:
		e.checkAnswered(ev.ID, func(i int) { e.isStale(i, ev.Why) })
	case CheckFailed:
		e.checkAnswered(ev.ID, func(i int) { e.checkFailed(i, ev.Why) })
	case Recorded:
		e.ifLive(ev.ID, e.recorded)
	case RecordFailed:
		e.ifLive(ev.ID, func(i int) { e.recordFailed(i, ev) })
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
		switch p := &e.procs[i]; {
		case !p.selected:
		case p.missing == 0:
			e.enqueue(i)
		default:
			e.bePatient(i)
		}
	}
}

// settle draws the consequences of an event until nothing more follows.
func (e *Engine) settle() {
	for {
		e.bury()
		e.beginChecks()
		e.startNext()
		if e.draining {
			break
		}
		if e.over() {
			e.drain()
		} else if !e.releaseServices() {
			return
		}
	}
	e.stopNext()
	if (e.live == 0 || e.stops > 2) && !e.finished {
		e.finished = true
		e.emit(Finish{e.exitCode()})
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
	if int(p.run) != id.Run || !e.isLive(i) {
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
	e.noteShutdown(i, from, to)
	if e.making == i && from == Starting {
		e.making = -1
	}
	e.emit(Changed{ID: e.id(i), From: from, To: to, Code: p.code, Why: why, Excused: p.excused})
	if e.serves && to.Final() != from.Final() {
		e.ended(i)
	}
	if e.isUnneeded(i) {
		e.unneeded = append(e.unneeded, i)
	}
}

// count keeps the numbers of processes by what they are doing.
func (e *Engine) count(i int, s State, by int) {
	if e.procs[i].target && s != Waiting && !s.Final() {
		e.staying += by
	}
	switch s {
	case Waiting:
		e.waiting += by
	case Checking:
		e.coming += by
	case Blocked:
		if !e.procs[i].excused {
			e.blocked += by
		}
	case BackingOff:
		if e.service(i) {
			e.unready += by
		} else {
			e.coming += by
		}
	case Starting, Running, IsReady, Recording, Signalling, Stopping:
		e.live += by
		if e.service(i) {
			e.countService(s, by)
		} else {
			e.countTask(i, s, by)
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
func (e *Engine) countTask(i int, s State, by int) {
	e.working += by
	e.occupy(i, by)
	if s == Stopping {
		e.leaving += by
	}
}

func (e *Engine) id(i int) ID {
	return ID{e.g.Processes()[i].Name, int(e.procs[i].run)}
}

func (e *Engine) service(i int) bool { return e.g.Processes()[i].Service }

func (e *Engine) emit(a Action) { e.out = append(e.out, a) }
