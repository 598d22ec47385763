package engine

import "wprun/internal/graph"

// mustCheck says that it has to be found out whether process i has to run. What
// was found holds for one attempt, and as long as the gate is open.
func (e *Engine) mustCheck(i int) bool {
	return e.options(i).Checked && !e.procs[i].checked && !e.service(i)
}

// beginChecks asks about all whose gates have opened; that takes no slot. Nothing
// is asked twice at a time.
func (e *Engine) beginChecks() {
	for _, i := range e.toCheck {
		p := &e.procs[i]
		if !p.asked && e.open(i) && e.mustCheck(i) {
			p.asked = true
			e.move(i, Checking, "")
			e.emit(Check{ID: ID{e.g.Processes()[i].Name, int(p.run) + 1}, Anew: p.anew})
		}
	}
	e.toCheck = e.toCheck[:0]
}

// checkAnswered calls f, unless the gate has shut since the question: then the
// answer is worth nothing, and only makes way for the next question.
func (e *Engine) checkAnswered(id ID, f func(i int)) {
	i, ok := e.g.Process(id.Process)
	if !ok || !e.procs[i].asked || id.Run != int(e.procs[i].run)+1 {
		return
	}
	e.procs[i].asked = false
	if e.procs[i].state == Checking {
		f(i)
	} else {
		e.enqueue(i)
	}
}

// isStale queues a task that has to run.
func (e *Engine) isStale(i int, why string) {
	e.procs[i].checked = true
	e.move(i, Waiting, why)
	e.enqueue(i)
}

func (e *Engine) checkFailed(i int, why string) {
	e.procs[i].run++
	e.fail(i, failure{code: 1, why: why})
}

// isCurrent lets a task signal all that it would have signalled, by whatever way.
// It has the number of the attempt that it would be.
func (e *Engine) isCurrent(i int, why string) {
	e.procs[i].run++
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
