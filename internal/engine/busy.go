package engine

import "time"

const (
	firstPause   = 10 * time.Millisecond
	longestPause = time.Second
	// mostTries is how often a start is tried while nothing is alive whose end
	// could free what is missing.
	mostTries = 10
)

// busy ends what was asked to end meanwhile, and has the rest tried later.
func (e *Engine) busy(i int, ev Busy) {
	switch e.procs[i].state {
	case Stopping:
		e.exited(i, Exited{ID: ev.ID})
	case Starting:
		e.tryLater(i, ev)
	}
}

// tryLater puts a process back into its queue. Nothing starts until something of
// the run has ended, or a pause is over.
func (e *Engine) tryLater(i int, ev Busy) {
	e.tries++
	if e.live > 1 {
		e.tries = 0
	}
	switch {
	case e.draining:
		e.end(i, Stopped, "")
	case e.tries >= mostTries:
		e.tries = 0
		e.fail(i, failure{code: ev.Code, why: ev.Why})
	default:
		e.putBack(i)
		e.pause = min(max(2*e.pause, firstPause), longestPause)
		e.holding = true
		e.emit(SetTimer{Timer{Kind: Again}, e.pause})
	}
}

// putBack makes the attempt one that was not made.
func (e *Engine) putBack(i int) {
	p := &e.procs[i]
	if p.back {
		e.move(i, BackingOff, "")
		p.due = true
	} else {
		e.move(i, Waiting, "")
		if e.closing && !p.handler && !e.retrying(i) {
			e.doomed = append(e.doomed, i)
		}
	}
	p.run--
	e.review(i)
	e.enqueue(i)
}

// goOn lets processes start again after Busy.
func (e *Engine) goOn() { e.holding = false }
