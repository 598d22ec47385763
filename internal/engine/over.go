package engine

import "wprun/internal/graph"

// over says whether nothing is left to wait for: no task runs or can start, and
// no service has to stay for its own sake. Processes that wait only for the
// failure of a ready service do not count.
func (e *Engine) over() bool {
	if e.working > 0 || e.coming > 0 {
		return false
	}
	if e.waiting > 0 && e.hope() {
		return false
	}
	// A failure ends the run with services that are targets, unless the policy is to
	// go on.
	if e.staying > 0 && !e.closing {
		e.sayAlone()
		return false
	}
	return true
}

// kept returns the services that are targets and have not ended.
func (e *Engine) kept() []string {
	var names []string
	for i := range e.procs {
		if p := &e.procs[i]; p.target && !p.state.Final() && p.state != Waiting {
			names = append(names, e.g.Processes()[i].Name)
		}
	}
	return names
}

func (e *Engine) sayAlone() {
	if !e.alone && e.unready == 0 {
		e.alone = true
		e.emit(Alone{e.kept()})
	}
}

// hope says whether something that is waited for may still come without that a
// ready service fails.
func (e *Engine) hope() bool {
	if e.moving == nil {
		e.moving = make([]bool, len(e.procs))
	}
	for _, i := range e.g.ByLevel() {
		e.moving[i] = e.moves(i)
		if e.moving[i] && e.procs[i].state == Waiting {
			return true
		}
	}
	return false
}

// moves says whether process i may do something that others wait for. It relies
// on the levels before being done.
func (e *Engine) moves(i int) bool {
	p := &e.procs[i]
	switch {
	case !p.selected || p.state.Final() || p.state == IsReady:
		return false
	case p.state != Waiting:
		return true
	}
	for _, anyOf := range e.g.Gate(i) {
		if !e.mayOpen(anyOf) {
			return false
		}
	}
	return true
}

func (e *Engine) mayOpen(anyOf []graph.Wait) bool {
	for _, w := range anyOf {
		if e.side(w).here || (!e.side(w).never && e.mayCome(w)) {
			return true
		}
	}
	return false
}

func (e *Engine) mayCome(w graph.Wait) bool {
	p := &e.g.Points()[w.Point]
	if p.External {
		return true
	}
	for _, s := range p.Signallers {
		// A service that is ready may yet make a watchpoint that is its own to
		// make, but is not expected to fail.
		if e.moving[s] || (!w.Failed && e.procs[s].state == IsReady) {
			return true
		}
	}
	return false
}
