package engine

import "wprun/internal/graph"

// mustCheck says that it has to be found out whether process i has to run. What
// was found holds for one attempt, and as long as the gate is open.
func (e *Engine) mustCheck(i int) bool {
	return e.options(i).Checked && !e.procs[i].checked && !e.service(i)
}

// beginChecks asks about all whose gates have opened; that takes no slot.
func (e *Engine) beginChecks() {
	for _, i := range e.toCheck {
		if e.open(i) && e.mustCheck(i) {
			e.procs[i].run++
			e.move(i, Checking, "")
			e.emit(Check{e.id(i)})
		}
	}
	e.toCheck = e.toCheck[:0]
}

// ifChecking calls f unless the answer is one to a question of before.
func (e *Engine) ifChecking(id ID, f func(i int)) {
	i, ok := e.g.Process(id.Process)
	if ok && e.procs[i].run == id.Run && e.procs[i].state == Checking {
		f(i)
	}
}

// isStale queues a task that has to run. The attempt keeps its number.
func (e *Engine) isStale(i int, why string) {
	p := &e.procs[i]
	p.checked = true
	e.move(i, Waiting, why)
	p.run--
	e.enqueue(i)
}

// isCurrent lets a task signal all that it would have signalled, by whatever way.
func (e *Engine) isCurrent(i int, why string) {
	if e.procs[i].anew {
		e.isStale(i, "what it waits on was started again")
		return
	}
	e.procs[i].current = true
	e.move(i, Signalling, why)
	for _, when := range []graph.When{graph.AtStart, graph.Earned, graph.Self} {
		e.signal(i, when)
	}
	if e.procs[i].pending == 0 {
		e.succeed(i)
	}
}

// workDone goes on with a task that has exited with success.
func (e *Engine) workDone(i int) {
	if e.options(i).Checked {
		e.move(i, Recording, "")
		e.emit(Record{e.id(i)})
		return
	}
	e.signalWork(i)
}

func (e *Engine) recorded(i int) {
	switch {
	case e.procs[i].state != Recording:
	case e.procs[i].again != nil && !e.draining:
		e.endedForAgain(i)
	default:
		e.signalWork(i)
	}
}

func (e *Engine) recordFailed(i int, ev RecordFailed) {
	if e.procs[i].state == Recording {
		e.failOrRetry(i, failure{code: ev.Code, why: ev.Why})
	}
}

func (e *Engine) signalWork(i int) {
	e.move(i, Signalling, "")
	e.signal(i, graph.Earned)
	if e.procs[i].pending == 0 {
		e.succeed(i)
	}
}
