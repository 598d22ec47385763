package engine

import (
	"time"

	"wprun/internal/graph"
)

// signal asks for the watchpoints that are due at a moment.
func (e *Engine) signal(i int, when graph.When) {
	if keys := e.keysOf(i, when); len(keys) > 0 {
		e.procs[i].pending++
		e.emit(Signal{ID: e.id(i), Keys: keys, Turn: e.turnOf(i, when)})
	}
}

// keysOf are the watchpoints that are due at a moment.
func (e *Engine) keysOf(i int, when graph.When) []string {
	var keys []string
	for _, s := range e.g.Processes()[i].Signals {
		if s.When == when {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// turnOf is the turn of what is signalled at a moment now; what a start signals
// is not taken back while the process runs.
func (e *Engine) turnOf(i int, when graph.When) int {
	if when == graph.AtStart {
		return 0
	}
	return int(e.procs[i].turn)
}

func (e *Engine) signalled(ev Signalled) {
	late := true
	e.ifLive(ev.ID, func(i int) {
		p, when := &e.procs[i], e.whenOf(i, ev.Keys[0])
		if p.again == nil && ev.Turn == e.turnOf(i, when) {
			late = false
			e.hold(i, ev.Keys)
		}
	})
	if late {
		e.takeBack(ev.Keys)
	}
}

// hold opens gates with the watchpoints that process i has made.
func (e *Engine) hold(i int, keys []string) {
	p := &e.procs[i]
	p.pending--
	delete(p.waited, keys[0])
	for _, key := range keys {
		point := e.point(key)
		e.points[point].holders++
		e.set(&e.points[point].itself, true)
	}
	switch e.whenOf(i, keys[0]) {
	case graph.AtStart:
		p.heldStart = true
	case graph.Self:
		p.heldSelf = true
	default:
		p.heldEarned = true
	}
	if p.state == Signalling && p.pending == 0 {
		e.succeed(i)
	}
}

func (e *Engine) whenOf(i int, key string) graph.When {
	for _, s := range e.g.Processes()[i].Signals {
		if s.Key == key {
			return s.When
		}
	}
	return graph.Self
}

// takeBack removes what nobody holds any more.
func (e *Engine) takeBack(keys []string) {
	var free []string
	for _, key := range keys {
		p := &e.points[e.point(key)]
		if p.holders == 0 && !p.earned {
			free = append(free, key)
			e.set(&p.itself, false)
		}
	}
	if len(free) > 0 {
		e.emit(Unsignal{free})
	}
}

func (e *Engine) signalFailed(i int, ev SignalFailed) {
	p, when := &e.procs[i], e.whenOf(i, ev.Key)
	if ev.Turn != e.turnOf(i, when) || p.again != nil || ev.Passing && e.signalLater(i, when) {
		return
	}
	p.pending--
	f := failure{code: 125, why: ev.Why}
	if p.state != Signalling {
		e.giveUp(i, f)
		return
	}
	f.why = "work done, not signalled: " + f.why
	e.fail(i, f)
}

// The pauses before another Signal: 100 ms, doubling, 5 s in all.
const (
	firstResignal = 100 * time.Millisecond
	allResignals  = 5 * time.Second
)

// signalLater repeats a Signal that was held up. It returns false if that has
// been tried for long enough.
func (e *Engine) signalLater(i int, when graph.When) bool {
	p, key := &e.procs[i], e.keysOf(i, when)[0]
	waited := p.waited[key]
	if waited >= allResignals || e.killing {
		return false
	}
	pause := min(waited+firstResignal, allResignals-waited)
	if p.waited == nil {
		p.waited = map[string]time.Duration{}
	}
	p.waited[key] = waited + pause
	e.emit(SetTimer{Timer{Kind: Resignal, ID: e.id(i), Key: key}, pause})
	return true
}

// resignal repeats a Signal whose first key is key, if it is still due.
func (e *Engine) resignal(i int, key string) {
	p, when := &e.procs[i], e.whenOf(i, key)
	if p.waited[key] == 0 || p.again != nil || when == graph.Earned && p.state != IsReady && p.state != Signalling {
		return
	}
	e.emit(Signal{ID: e.id(i), Keys: e.keysOf(i, when), Turn: e.turnOf(i, when)})
}
