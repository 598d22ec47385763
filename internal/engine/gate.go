package engine

import "wprun/internal/graph"

// point is what the run knows of a watchpoint.
type point struct {
	// itself and twin are the two things one can wait for.
	itself, twin side
	// able counts the processes that can still earn it in this run.
	able int32
	// users counts the processes that wait on it and are not done.
	users int32
	// holders counts the processes that have made it and not lost it.
	holders int32
	// released says that nobody needs it any more.
	released bool
	// earned says that a task has earned it for good.
	earned bool
}

// side is a directory that gates wait for.
type side struct {
	here  bool
	never bool // it can no longer come
	// It has count of Engine.refs, from the first on.
	first, count int32
}

// ref points from a side to an element of a gate.
type ref struct{ process, element int32 }

// element is one of the things that a gate needs all of.
type element struct{ size, here, never int32 }

func (p *point) awaited() bool { return p.itself.count+p.twin.count > 0 }

// refsOf are those to the elements that wait for a side.
func (e *Engine) refsOf(s *side) []ref { return e.refs[s.first : s.first+s.count] }

// connect lays the wires between points and gates of the chosen processes.
func (e *Engine) connect() {
	e.makeRoom()
	for i := range e.procs {
		if !e.procs[i].selected {
			continue
		}
		for _, point := range e.g.Promises(i) {
			e.points[point].able++
		}
		gate := e.g.Gate(i)
		e.procs[i].missing = int32(len(gate))
		for _, anyOf := range gate {
			e.wire(i, anyOf)
		}
	}
	for _, i := range e.g.ByLevel() {
		e.procs[i].handler = e.isHandler(i)
	}
}

// makeRoom gives each side as much of refs as there are elements that wait for it.
func (e *Engine) makeRoom() {
	elements := 0
	for i := range e.procs {
		if !e.procs[i].selected {
			continue
		}
		elements += len(e.g.Gate(i))
		for _, anyOf := range e.g.Gate(i) {
			for _, w := range anyOf {
				e.side(w).count++
			}
		}
	}
	first := int32(0)
	for i := range e.points {
		for _, s := range []*side{&e.points[i].itself, &e.points[i].twin} {
			s.first = first
			first += s.count
			s.count = 0
		}
	}
	e.refs, e.elems = make([]ref, first), make([]element, 0, elements)
}

func (e *Engine) wire(i int, anyOf []graph.Wait) {
	r := ref{int32(i), int32(len(e.elems))}
	e.elems = append(e.elems, element{size: int32(len(anyOf))})
	for _, w := range anyOf {
		s := e.side(w)
		e.refs[s.first+s.count] = r
		s.count++
	}
}

// isHandler relies on the levels before being done.
func (e *Engine) isHandler(i int) bool {
	for _, anyOf := range e.g.Gate(i) {
		for _, w := range anyOf {
			if w.Failed {
				return true
			}
			for _, s := range e.g.Points()[w.Point].Signallers {
				if e.procs[s].handler {
					return true
				}
			}
		}
	}
	return false
}

func (e *Engine) side(w graph.Wait) *side {
	if w.Failed {
		return &e.points[w.Point].twin
	}
	return &e.points[w.Point].itself
}

// point returns the index of a key that is known to be in the graph.
func (e *Engine) point(key string) int {
	i, _ := e.g.Point(key)
	return i
}

// set records that a directory is here or not, and opens and shuts gates.
func (e *Engine) set(s *side, here bool) {
	if s.here == here || (here && s.never) {
		return
	}
	s.here = here
	for _, r := range e.refsOf(s) {
		el := &e.elems[r.element]
		if here {
			if el.here++; el.here == 1 {
				e.satisfied(int(r.process))
			}
		} else if el.here--; el.here == 0 {
			e.shuts(int(r.process))
		}
	}
}

func (e *Engine) satisfied(i int) {
	e.procs[i].missing--
	e.enqueue(i)
}

// shuts takes note that a gate has one more element that is missing.
func (e *Engine) shuts(i int) {
	p := &e.procs[i]
	p.missing++
	if p.missing > 1 {
		return
	}
	p.checked = false
	if p.state == Checking {
		e.move(i, Waiting, "")
	}
	e.bePatient(i)
}

// never records that a directory will not come, and dooms the gates that have
// nothing else to open them.
func (e *Engine) never(s *side) {
	if s.never {
		return
	}
	s.never = true
	for _, r := range e.refsOf(s) {
		el := &e.elems[r.element]
		if el.never++; el.never == el.size {
			e.doomed = append(e.doomed, int(r.process))
		}
	}
}

// revive takes never back, of the twin of what had come once. Who has ended for it
// stays ended.
func (e *Engine) revive(s *side) {
	if !s.never {
		return
	}
	s.never = false
	for _, r := range e.refsOf(s) {
		e.elems[r.element].never--
	}
}

// seen takes news of a directory from outside the engine.
func (e *Engine) seen(key string, here bool) {
	w, ok := e.wait(key)
	if !ok {
		return
	}
	p := &e.points[w.Point]
	e.set(e.side(w), here)
	switch {
	case w.Failed && here && e.g.Points()[w.Point].External && p.able == 0:
		e.lost(w.Point, cause{process: -1, why: "was declared as failed from outside"})
	case !w.Failed && here:
		if e.g.Points()[w.Point].External && !p.itself.never {
			e.never(&p.twin) // it has come
		}
		e.madeByItself(w.Point)
	case !w.Failed && p.earned && !e.g.Points()[w.Point].External:
		p.earned = false
		e.check(w.Point, cause{process: -1, why: "was removed"})
	}
}

// wait finds what a key of an event means.
func (e *Engine) wait(key string) (graph.Wait, bool) {
	if i, ok := e.g.Point(key); ok {
		return graph.Wait{Point: i}, true
	}
	if n := len(key) - len(graph.FailedSuffix); n > 0 && key[n:] == graph.FailedSuffix {
		if i, ok := e.g.Point(key[:n]); ok {
			return graph.Wait{Point: i, Failed: true}, true
		}
	}
	return graph.Wait{}, false
}

// madeByItself makes services ready whose own watchpoint is theirs to make.
func (e *Engine) madeByItself(point int) {
	for _, i := range e.g.Points()[point].Signallers {
		if e.procs[i].state == Running && e.service(i) && e.readyBy(i) == graph.Self &&
			e.ownPoint(i) == point {
			e.becomeReady(i)
		}
	}
}

// check finds out whether a point can still come, after something was lost.
func (e *Engine) check(point int, c cause) {
	p := &e.points[point]
	if p.able == 0 && !p.earned && !e.g.Points()[point].External {
		e.lost(point, c)
	}
}

// lost settles that a point will not come any more in this run.
func (e *Engine) lost(point int, c cause) {
	p := &e.points[point]
	if p.itself.never {
		return
	}
	e.lostBy[point] = c
	e.set(&p.itself, false)
	e.never(&p.itself)
	// What has come and was removed has not failed.
	if !e.draining && !p.released && (c.process >= 0 || !p.twin.never) {
		e.emit(Declare{[]string{e.g.Points()[point].Key + graph.FailedSuffix}})
		e.revive(&p.twin)
		e.set(&p.twin, true)
	}
}
