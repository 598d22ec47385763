package engine

import "wprun/internal/graph"

// succeed makes a task's watchpoints count for the rest of the run.
func (e *Engine) succeed(i int) {
	to, why := Succeeded, ""
	if e.procs[i].current {
		to, why = UpToDate, e.procs[i].why
	}
	e.move(i, to, why)
	for _, point := range e.g.Promises(i) {
		p := &e.points[point]
		p.able--
		if p.itself.never {
			continue
		}
		p.earned = p.itself.here
		if p.earned {
			e.never(&p.twin)
		} else {
			e.check(point, cause{process: -1, why: "was removed"})
		}
	}
}

// fail ends a process with a failure and lets the policy decide on the rest.
func (e *Engine) fail(i int, f failure) {
	f.name = e.g.Processes()[i].Name
	p := &e.procs[i]
	p.code, p.excused = f.code, e.options(i).AllowFailure
	e.end(i, Failed, f.why)
	if !p.excused {
		e.failed(f)
	}
}

// failed draws the consequences of the policy from a failure.
func (e *Engine) failed(f failure) {
	if e.failure == nil {
		e.failure = &f
	}
	if e.policy.OnFailure == Continue || e.closing || e.draining {
		return
	}
	e.closing = true
	for _, i := range e.g.ByLevel() {
		e.shut(i)
	}
}

// shut applies the first failure of a run to process i.
func (e *Engine) shut(i int) {
	p := &e.procs[i]
	switch {
	case !p.selected || p.handler:
	case p.state.going() && e.mustEnd(i):
		e.terminate(i)
	case e.retrying(i):
		if e.mustEnd(i) {
			e.end(i, Stopped, "")
		}
	case p.state == Waiting, p.state == Checking:
		e.doomed = append(e.doomed, i)
	}
}

// mustEnd says whether the failure that has closed the run ends this task too.
func (e *Engine) mustEnd(i int) bool {
	return e.closing && e.policy.OnFailure == StopRunning && !e.service(i) && !e.procs[i].handler
}

// end puts a process that was started into a final state in which its
// watchpoints do not stand.
func (e *Engine) end(i int, to State, why string) {
	began := e.isLive(i) && e.procs[i].state != Starting
	e.move(i, to, why)
	if began {
		e.takeBack(e.drop(i))
	}
	e.unable(i, cause{process: i})
}

// drop lets go of the watchpoints of process i and returns those to take back:
// what wprun made for it, and what only its command can have made.
func (e *Engine) drop(i int) []string {
	p := &e.procs[i]
	var keys []string
	for n, s := range e.g.Processes()[i].Signals {
		point := e.g.Promises(i)[n]
		held := p.holds(s.When)
		if held {
			e.points[point].holders--
		}
		if held || !e.g.Points()[point].External && !e.othersMake(point, i) {
			keys = append(keys, s.Key)
		}
	}
	p.heldStart, p.heldEarned, p.heldSelf = false, false, false
	return keys
}

// holds says whether a process has made the watchpoints that are due at a moment.
func (p *process) holds(when graph.When) bool {
	switch when {
	case graph.AtStart:
		return p.heldStart
	case graph.Self:
		return p.heldSelf
	}
	return p.heldEarned
}

// dropEarned lets go of what process i has for being ready.
func (e *Engine) dropEarned(i int) []string {
	p := &e.procs[i]
	if !p.heldEarned {
		return nil
	}
	p.heldEarned = false
	keys := e.keysOf(i, graph.Earned)
	for _, key := range keys {
		e.points[e.point(key)].holders--
	}
	return keys
}

// othersMake says that a command beside that of i runs whose own it is to make a
// point.
func (e *Engine) othersMake(point, i int) bool {
	for _, s := range e.g.Points()[point].Signallers {
		if s != i && e.isLive(s) && e.whenOf(s, e.g.Points()[point].Key) == graph.Self {
			return true
		}
	}
	return false
}

// unable takes note that a process will not signal any more.
func (e *Engine) unable(i int, c cause) {
	for _, point := range e.g.Promises(i) {
		e.points[point].able--
		e.check(point, c)
	}
}

// bury ends the processes whose gates can never open, and those that fall with
// them.
func (e *Engine) bury() {
	for len(e.doomed) > 0 {
		i := e.doomed[0]
		e.doomed = e.doomed[1:]
		if s := e.procs[i].state; s != Waiting && s != Checking && s != BackingOff {
			continue
		}
		to, c := e.whyDoomed(i)
		if !c.onWait && (!e.closing || e.procs[i].handler) {
			continue // what it waits for was revived
		}
		e.fallenBy[i] = fall{c, e.rootOf(c)}
		e.procs[i].excused = to == Blocked && e.isExcused(c)
		e.move(i, to, e.explainCause(i))
		e.unable(i, cause{process: i})
	}
}

// isExcused says that a process is blocked by a failure that was allowed.
func (e *Engine) isExcused(c cause) bool {
	if !c.onWait || c.wait.Failed {
		return false
	}
	by := e.lostBy[c.wait.Point].process
	return by >= 0 && e.procs[by].excused
}
