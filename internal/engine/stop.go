package engine

import (
	"fmt"
	"slices"
	"time"
)

// stop is asked for from outside; the second time it is an order, and the third
// time nobody waits for it to be followed.
func (e *Engine) stop() {
	if e.stops++; e.stops == 2 {
		e.killAll()
	}
	e.drain()
}

// drain starts the end of the run: nothing starts any more, and what runs is
// stopped layer by layer.
func (e *Engine) drain() {
	if e.draining {
		return
	}
	e.draining = true
	e.dismissWaiting()
	if e.live == 0 {
		return
	}
	if e.policy.StopTimeout > 0 {
		e.emit(SetTimer{Timer{Kind: Deadline}, e.policy.StopTimeout})
	}
	for i := range e.procs {
		if e.isLive(i) {
			e.down.todo = append(e.down.todo, i)
		}
	}
	slices.SortStableFunc(e.down.todo, func(a, b int) int { return e.g.Level(b) - e.g.Level(a) })
}

// dismissWaiting ends what has not started. In a run that is over by itself that
// is only what waited for a failure that did not happen.
func (e *Engine) dismissWaiting() {
	to, why := Skipped, "what it waits for did not happen"
	if e.stops > 0 || e.timedOut {
		to, why = Stopped, "the run was stopped before it could start"
	}
	for i := range e.procs {
		switch {
		case !e.procs[i].selected:
		case e.procs[i].state == Waiting, e.procs[i].state == Checking:
			e.move(i, to, why)
		case e.procs[i].state == BackingOff:
			e.end(i, Stopped, "")
		}
	}
}

func (e *Engine) isLive(i int) bool {
	return e.procs[i].selected && e.procs[i].state.live()
}

// shutdown is how far the end of a run has come, layer by layer.
type shutdown struct {
	todo []int // what is yet to be stopped, last layer first
	// Of the layer of this level so many are alive, and have to end before the next.
	level, alive int
}

// stopNext asks the layer that nothing alive depends on to end. The looks at a layer
// are as many as the processes of it, however many end one by one.
func (e *Engine) stopNext() {
	for e.down.alive == 0 && len(e.down.todo) > 0 {
		e.down.level = e.g.Level(e.down.todo[0])
		n := 0
		for n < len(e.down.todo) && e.g.Level(e.down.todo[n]) == e.down.level {
			if e.isLive(e.down.todo[n]) {
				e.down.alive++
			}
			n++
		}
		layer := e.down.todo[:n]
		e.down.todo = e.down.todo[n:]
		for _, i := range layer {
			e.terminate(i)
		}
	}
}

// noteShutdown takes note of the end of a process of the layer that is stopped.
func (e *Engine) noteShutdown(i int, from, to State) {
	if e.down.alive > 0 && e.g.Level(i) == e.down.level && from.live() && !to.live() {
		e.down.alive--
	}
}

// terminate asks a process to end, once.
func (e *Engine) terminate(i int) { e.terminateBecause(i, "") }

func (e *Engine) terminateBecause(i int, why string) {
	p := &e.procs[i]
	if p.ending || !p.state.going() {
		return
	}
	p.ending = true
	e.move(i, Stopping, why)
	e.emit(Terminate{e.id(i)})
	e.emit(SetTimer{Timer{Kind: Grace, ID: e.id(i)}, e.grace(i)})
}

func (e *Engine) kill(i int) {
	p := &e.procs[i]
	if p.killed || !p.state.going() && p.state != Stopping {
		return
	}
	if p.state != Stopping {
		p.ending = true
		e.move(i, Stopping, "")
	}
	p.killed = true
	e.emit(Kill{e.id(i)})
	e.emit(SetTimer{Timer{Kind: Hopeless, ID: e.id(i)}, killPatience})
}

// killPatience is how long one waits for the end of what was killed.
const killPatience = 5 * time.Second

// hopelessCase gives up a process that even SIGKILL does not end.
func (e *Engine) hopelessCase(i int) {
	if p := &e.procs[i]; p.killed && p.state == Stopping {
		e.fail(i, failure{code: 125, why: "cannot be killed"})
	}
}

func (e *Engine) killAll() {
	e.killing = true
	for i := range e.procs {
		e.kill(i)
		if e.procs[i].state == Recording {
			e.end(i, Stopped, "")
		}
	}
}

func (e *Engine) fired(t Timer) {
	switch t.Kind {
	case Grace:
		e.ifLive(t.ID, e.kill)
	case Deadline:
		e.killAll()
	case Hopeless:
		e.ifLive(t.ID, e.hopelessCase)
	case BackOff:
		e.backOffOver(t.ID)
	case Steady:
		e.ifLive(t.ID, e.steady)
	case Again:
		e.goOn()
	case Resignal:
		e.ifLive(t.ID, func(i int) { e.resignal(i, t.Key) })
	case Outside:
		e.outsideOver(t.Key)
	case Attempt:
		e.ifLive(t.ID, e.attemptOver)
	case Patience:
		e.patienceOver(t.ID.Process)
	}
}

// outsideOver gives up an external watchpoint that nobody has made.
func (e *Engine) outsideOver(key string) {
	i, ok := e.g.Point(key)
	if !ok || e.points[i].itself.here || e.points[i].itself.never {
		return
	}
	after := e.g.Points()[i].Timeout
	why := fmt.Sprintf("was not signalled within %s", after)
	awaited := e.awaitedByWaiting(i)
	e.lost(i, cause{process: -1, why: why})
	if awaited {
		e.failed(failure{name: key, code: 124, why: why})
	}
}

func (e *Engine) awaitedByWaiting(point int) bool {
	for _, r := range e.refsOf(&e.points[point].itself) {
		if e.procs[r.process].state == Waiting {
			return true
		}
	}
	return false
}

// Leaving returns the attempts that were asked to end and have not, in file
// order.
func (e *Engine) Leaving() []ID {
	var ids []ID
	for i := range e.procs {
		if e.procs[i].state == Stopping {
			ids = append(ids, e.id(i))
		}
	}
	return ids
}
