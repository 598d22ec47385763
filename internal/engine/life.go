package engine

import (
	"fmt"
	"slices"
	"time"

	"wprun/internal/graph"
)

// made lets the next process start. The attempt has its time from now on.
func (e *Engine) made(i int) {
	if e.making != i {
		return
	}
	e.making = -1
	if limit := e.options(i).Timeout; limit > 0 && !e.service(i) {
		e.emit(SetTimer{Timer{Kind: Attempt, ID: e.id(i)}, limit})
	}
}

func (e *Engine) started(i int) {
	e.made(i)
	if e.procs[i].state != Starting {
		return
	}
	e.pause, e.tries = 0, 0
	e.move(i, Running, "")
	e.signal(i, graph.AtStart)
	if e.service(i) && !e.draining {
		e.watchReadiness(i)
	}
}

func (e *Engine) watchReadiness(i int) {
	switch e.readyBy(i) {
	case graph.AtStart:
		e.becomeReady(i)
	case graph.Self:
		if e.points[e.ownPoint(i)].itself.here {
			e.becomeReady(i)
		}
	default:
		e.emit(Probe{e.id(i)})
		return
	}
	if e.options(i).Probed {
		e.emit(Probe{e.id(i)})
	}
}

// readyBy is the moment at which the watchpoint of its own name is made.
func (e *Engine) readyBy(i int) graph.When { return e.g.Processes()[i].Signals[0].When }

func (e *Engine) ownPoint(i int) int { return e.g.Promises(i)[0] }

func (e *Engine) probed(i int) {
	if e.procs[i].state == Running && e.service(i) {
		e.becomeReady(i)
	}
}

func (e *Engine) becomeReady(i int) {
	e.move(i, IsReady, "")
	e.signal(i, graph.Earned)
	if e.procs[i].restarts > 0 {
		e.emit(SetTimer{Timer{Kind: Steady, ID: e.id(i)}, steadyTime})
	}
}

func (e *Engine) startFailed(i int, ev StartFailed) {
	f := failure{code: ev.Code, why: ev.Why}
	switch {
	case e.procs[i].state == Stopping:
		e.exited(i, Exited{ID: ev.ID, Code: ev.Code})
	case e.procs[i].state != Starting:
	case e.service(i):
		e.fallen(i, f)
	default:
		e.fail(i, f) // another try would find the same
	}
}

// fallenOr ends a task that has failed, and a service unless it is started
// again.
func (e *Engine) fallenOr(i int, f failure) {
	if e.service(i) {
		e.fallen(i, f)
	} else {
		e.failOrRetry(i, f)
	}
}

// giveUp ends a process that still runs, for a reason of its own. While the run
// ends, its layer's turn comes anyway.
func (e *Engine) giveUp(i int, f failure) {
	p := &e.procs[i]
	if p.ending || p.verdict != nil || e.draining {
		return
	}
	p.verdict = &f
	e.terminate(i)
}

func (e *Engine) exited(i int, ev Exited) {
	p := &e.procs[i]
	if p.state == Starting || p.state == Recording || p.state == Signalling {
		return
	}
	p.code = ev.Code
	e.goOn()
	switch {
	case p.verdict != nil:
		e.fallenOr(i, *p.verdict)
	case p.again != nil && !e.draining:
		e.endedForAgain(i)
	case e.service(i):
		e.serviceExited(i, ev)
	default:
		e.taskExited(i, ev)
	}
}

func (e *Engine) taskExited(i int, ev Exited) {
	unmade := e.unmade(i)
	switch {
	case e.procs[i].ending: // whatever its code: who is told to stop may have left half of it
		e.end(i, Stopped, "")
	case !e.success(i, ev.Code):
		e.failOrRetry(i, failure{code: ev.Code, why: describeExit(ev)})
	case unmade != "":
		e.failOrRetry(i, failure{code: 1, why: fmt.Sprintf("exited %d without signalling %q", ev.Code, unmade)})
	default:
		e.workDone(i)
	}
}

func (e *Engine) serviceExited(i int, ev Exited) {
	p := &e.procs[i]
	unmade := e.unmade(i)
	switch {
	case p.ending:
		e.end(i, Stopped, "")
	case !e.success(i, ev.Code):
		e.fallen(i, failure{code: ev.Code, why: describeExit(ev)})
	case unmade != "":
		e.fallen(i, failure{code: 1, why: fmt.Sprintf("exited %d without signalling %q", ev.Code, unmade)})
	case p.state == Running && p.turn == 0:
		e.fallen(i, failure{code: 1, why: describeExit(ev) + " before it was ready"})
	case e.neededBy(i) >= 0:
		name := e.g.Processes()[e.neededBy(i)].Name
		e.fallen(i, failure{code: 1, why: fmt.Sprintf("%s while %q still needs it", describeExit(ev), name)})
	case e.options(i).Restart == RestartAlways:
		e.fallen(i, failure{code: 1, why: describeExit(ev)})
	default:
		e.end(i, Succeeded, "")
	}
}

// unmade returns a watchpoint that only the command makes and has not made.
func (e *Engine) unmade(i int) string {
	for n, s := range e.g.Processes()[i].Signals {
		if s.When == graph.Self && !e.points[e.g.Promises(i)[n]].itself.here {
			return s.Key
		}
	}
	return ""
}

// neededBy returns a process that has not ended and that waits on i, directly
// or not, or -1.
func (e *Engine) neededBy(i int) int {
	for _, d := range e.behind(i) {
		if !e.procs[d].state.Final() {
			return d
		}
	}
	return -1
}

// behind lists the processes of the run that wait on i, directly or not, the
// nearest first.
func (e *Engine) behind(i int) []int {
	var list []int
	seen := map[int]bool{}
	todo := e.g.Dependants(i)
	for len(todo) > 0 {
		d := todo[0]
		todo = todo[1:]
		if seen[d] || !e.procs[d].selected {
			continue
		}
		seen[d] = true
		list = append(list, d)
		todo = append(todo, e.g.Dependants(d)...)
	}
	return list
}

func (e *Engine) success(i, code int) bool {
	codes := e.options(i).Success
	return slices.Contains(codes, code) || (len(codes) == 0 && code == 0)
}

func (e *Engine) options(i int) *Options { return e.procs[i].options }

func (e *Engine) grace(i int) time.Duration {
	if g := e.options(i).Grace; g > 0 {
		return g
	}
	return defaultGrace
}

// describeExit is for an end that wprun has not asked for.
func describeExit(ev Exited) string {
	switch ev.Signal {
	case "":
	case "SIGKILL": // of all causes the most likely; the kernel tells nobody else
		return "killed by SIGKILL (out of memory?)"
	default:
		return "killed by " + ev.Signal
	}
	return fmt.Sprintf("exit code %d", ev.Code)
}
