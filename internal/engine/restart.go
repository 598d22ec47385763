package engine

import (
	"fmt"
	"slices"
	"time"
)

// What a restart means where the options say nothing.
const (
	defaultMaxRestarts = 5
	firstBackOff       = 500 * time.Millisecond
	longestBackOff     = 30 * time.Second
	// steadyTime is how long a service has to be ready for its restarts to be
	// forgotten.
	steadyTime = 30 * time.Second
)

// again is why a process that was asked to end is to be started again.
type again struct {
	why string
	// counts says that it counts as a restart and makes a pause.
	counts bool
}

// fallen ends a service that has failed, or starts it again if its policy is so.
func (e *Engine) fallen(i int, f failure) {
	if restart := e.options(i).Restart; e.draining || restart == "" || restart == RestartNo {
		e.fail(i, f)
		return
	}
	e.restart(i, f)
}

// restart starts a service again after a pause, if it has not been too often.
func (e *Engine) restart(i int, f failure) {
	p := &e.procs[i]
	most := e.maxRestarts(i)
	if p.restarts == most {
		times := "restarts"
		if most == 1 {
			times = "restart"
		}
		f.why = fmt.Sprintf("gave up after %d %s: %s", most, times, f.why)
		e.fail(i, f)
		return
	}
	p.restarts++
	pause := backOff(p.restarts)
	e.rest(i, fmt.Sprintf("%s; it is started again in %s (%d of %d)", f.why, pause, p.restarts, most), f.code)
	e.emit(SetTimer{Timer{Kind: BackOff, ID: e.id(i)}, pause})
}

// backOff is the pause before the nth restart.
func backOff(n int) time.Duration {
	pause := firstBackOff
	for ; n > 1 && pause < longestBackOff; n-- {
		pause *= 2
	}
	return min(pause, longestBackOff)
}

func (e *Engine) maxRestarts(i int) int {
	if n := e.options(i).MaxRestarts; n > 0 {
		return n
	}
	return defaultMaxRestarts
}

// rest takes a process whose command has ended to its next attempt.
func (e *Engine) rest(i int, why string, code int) {
	p := &e.procs[i]
	began := p.state != Starting
	p.code = code
	e.move(i, BackingOff, why)
	if began {
		e.takeBack(e.drop(i))
	}
	e.renew(i)
}

// renew forgets the attempt that is over.
func (e *Engine) renew(i int) {
	p := &e.procs[i]
	p.ending, p.killed, p.verdict, p.again = false, false, nil, nil
	p.pending, p.turn, p.waited = 0, 0, nil
	p.due, p.checked, p.current = false, false, false
	e.review(i)
}

// review dooms what was live when its gate was shut for good, and is to start again.
func (e *Engine) review(i int) {
	if slices.ContainsFunc(e.g.Gate(i), e.hopeless) {
		e.doomed = append(e.doomed, i)
	}
}

// startAgain ends the pause of a process.
func (e *Engine) startAgain(i int) {
	e.procs[i].due = true
	e.enqueue(i)
	e.bePatient(i)
}

func (e *Engine) backOffOver(id ID) {
	i, ok := e.g.Process(id.Process)
	if ok && int(e.procs[i].run) == id.Run && e.procs[i].state == BackingOff {
		e.startAgain(i)
	}
}

func (e *Engine) steady(i int) {
	if e.procs[i].state == IsReady {
		e.procs[i].restarts = 0
	}
}

// endedForAgain continues with a process that was asked to end for that.
func (e *Engine) endedForAgain(i int) {
	p := &e.procs[i]
	a := *p.again
	switch {
	case !e.service(i):
		e.waitAgain(i)
	case a.counts:
		e.restart(i, failure{code: 1, why: a.why})
	default:
		e.rest(i, "", p.code)
		e.startAgain(i)
	}
}

// waitAgain takes a task back to where it began.
func (e *Engine) waitAgain(i int) {
	e.procs[i].code, e.procs[i].restarts = 0, 0
	e.procs[i].anew = true
	e.move(i, Waiting, "")
	e.takeBack(e.drop(i))
	e.renew(i)
	if e.closing && !e.procs[i].handler {
		e.doomed = append(e.doomed, i) // a failure has come while it was asked to end
		return
	}
	e.bePatient(i)
	e.enqueue(i)
}

// leaveForAgain asks a process to end and takes back at once what it has
// signalled, so that nothing starts on it.
func (e *Engine) leaveForAgain(i int, a again) {
	p := &e.procs[i]
	if p.state == Recording {
		p.again = &a
		return
	}
	if p.ending || p.verdict != nil || e.draining || !p.state.going() {
		return
	}
	p.again = &a
	e.terminateBecause(i, a.why)
	e.takeBack(e.drop(i))
}

func (e *Engine) unwell(i int, why string) {
	if e.service(i) {
		e.leaveForAgain(i, again{why, true})
	}
}

// becomesUnready takes back what a service has earned by being ready.
func (e *Engine) becomesUnready(i int, why string) {
	p := &e.procs[i]
	if p.state != IsReady {
		return
	}
	p.turn++
	p.waited = nil
	e.move(i, Running, why)
	e.takeBack(e.dropEarned(i))
}

// touched starts a service again whose files have changed, and with it what
// waits on it if it cascades.
func (e *Engine) touched(ev Touched) {
	i, ok := e.g.Process(ev.Process)
	if !ok || !e.procs[i].selected || e.draining {
		return
	}
	switch s := e.procs[i].state; {
	case s == BackingOff:
		e.startAgain(i)
	case s.going():
		e.leaveForAgain(i, again{why: fmt.Sprintf("%q has changed", ev.Path)})
		if e.options(i).Cascade {
			e.cascade(i)
		}
	}
}

// cascade starts again what waits on i, directly or not.
func (e *Engine) cascade(i int) {
	a := again{why: fmt.Sprintf("it waits on %q, which is started again", e.g.Processes()[i].Name)}
	for _, d := range e.behind(i) {
		if s := e.procs[d].state; (s == Succeeded || s == UpToDate) && !e.service(d) {
			e.unearn(d)
		} else {
			e.leaveForAgain(d, a)
		}
	}
}

// unearn lets a task that has succeeded run again, unless a failure keeps
// everything from starting.
func (e *Engine) unearn(i int) {
	if e.closing {
		return
	}
	for _, point := range e.g.Promises(i) {
		p := &e.points[point]
		p.able++
		p.earned = false
	}
	e.waitAgain(i)
}
