package engine

import (
	"slices"

	"wprun/internal/graph"
)

// countUsers counts who waits on each point. Where there is no service to be
// released, nobody asks.
func (e *Engine) countUsers() {
	for i := range e.procs {
		e.serves = e.serves || e.service(i) && e.procs[i].selected && !e.procs[i].target
	}
	if !e.serves {
		return
	}
	for i := range e.procs {
		if e.procs[i].selected {
			e.todo = e.use(e.todo[:0], i, +1)
		}
	}
	for i := range e.procs {
		e.procs[i].wanted = e.used(i)
	}
}

// use changes the count of users of all that process i waits on. It appends those
// who signal something that has none any more, or has one again.
func (e *Engine) use(list []int, i int, by int32) []int {
	for _, anyOf := range e.g.Gate(i) {
		for _, w := range anyOf {
			if e.isAlarm(w) {
				continue
			}
			p := &e.points[w.Point]
			before := p.users
			p.users += by
			if before == 0 || p.users == 0 {
				list = append(list, e.g.Points()[w.Point].Signallers...)
			}
		}
	}
	return list
}

// isAlarm says that a wait is for services to fail: who waits for that does not
// need them.
func (e *Engine) isAlarm(w graph.Wait) bool {
	return w.Failed && !slices.ContainsFunc(e.g.Points()[w.Point].Signallers, func(s int) bool { return !e.service(s) })
}

// ended takes note that a process has ended, or is to run again after all. It is
// done when all that wait on it are done, too: who waits on it may rely on what it
// was given by those before.
func (e *Engine) ended(i int) {
	e.todo = append(e.todo[:0], i)
	for n := 0; n < len(e.todo); n++ {
		i := e.todo[n]
		p := &e.procs[i]
		switch done := p.selected && p.state.Final() && !e.used(i); {
		case done == p.done:
			if e.isUnneeded(i) {
				e.unneeded = append(e.unneeded, i)
			}
		case done:
			p.done = true
			e.todo = e.use(e.todo, i, -1)
		default:
			p.done = false
			e.todo = e.use(e.todo, i, +1)
		}
	}
}

// used says that somebody who is not done waits on process i.
func (e *Engine) used(i int) bool {
	for _, point := range e.g.Promises(i) {
		if e.points[point].users > 0 {
			return true
		}
	}
	return false
}

// isUnneeded says that a service was there for others, and none of them is left.
// One that cascades may start them again.
func (e *Engine) isUnneeded(i int) bool {
	p := &e.procs[i]
	return e.serves && p.wanted && e.service(i) && p.selected && !p.target && !p.state.Final() && p.state != Stopping &&
		!e.options(i).Cascade && !e.used(i)
}

const released = "nothing needs it any more"

// releaseServices stops the services whose last consumer has ended, and says
// whether there were any. What they signalled has done its work: that it goes is
// no failure.
func (e *Engine) releaseServices() (any bool) {
	for n := 0; n < len(e.unneeded); n++ {
		i := e.unneeded[n]
		if !e.isUnneeded(i) {
			continue
		}
		any = true
		switch s := e.procs[i].state; {
		case s.going():
			e.forgive(i)
			e.terminateBecause(i, released)
		case s == BackingOff:
			e.forgive(i)
			e.end(i, Stopped, released)
		case s == Waiting:
			e.forgive(i)
			e.move(i, Skipped, released)
			e.unable(i, cause{process: i})
		}
	}
	e.unneeded = e.unneeded[:0]
	return any
}

// forgive settles that what only process i could still signal does not fail.
func (e *Engine) forgive(i int) {
	for _, point := range e.g.Promises(i) {
		if p := &e.points[point]; p.able == 1 {
			p.released = true
			e.never(&p.twin)
		}
	}
}
