package engine

// queue holds the processes whose gates are open, the most urgent first, as a heap:
// none comes before the one at half its place. Package heap would allocate for each.
type queue struct {
	items  []int
	before func(a, b int) bool
}

func (q *queue) push(i int) {
	q.items = append(q.items, i)
	for at := len(q.items) - 1; at > 0; {
		above := (at - 1) / 2
		if !q.before(q.items[at], q.items[above]) {
			return
		}
		q.items[at], q.items[above] = q.items[above], q.items[at]
		at = above
	}
}

// pop drops the most urgent.
func (q *queue) pop() {
	last := len(q.items) - 1
	q.items[0] = q.items[last]
	q.items = q.items[:last]
	for at := 0; ; {
		first := at
		for below := 2*at + 1; below <= 2*at+2 && below < last; below++ {
			if q.before(q.items[below], q.items[first]) {
				first = below
			}
		}
		if first == at {
			return
		}
		q.items[at], q.items[first] = q.items[first], q.items[at]
		at = first
	}
}

// before puts the longest way to the end first, and else keeps file order.
func (e *Engine) before(a, b int) bool {
	if ha, hb := e.g.Height(a), e.g.Height(b); ha != hb {
		return ha > hb
	}
	return a < b
}

func (e *Engine) queueOf(i int) *queue {
	if e.service(i) {
		return &e.services
	}
	return &e.procs[i].pool.queue
}

// open says that process i waits for nothing but its turn.
func (e *Engine) open(i int) bool {
	p := &e.procs[i]
	return p.missing == 0 && (p.state == Waiting || p.state == BackingOff && p.due)
}

// enqueue takes a process whose gate is open to its start, or to its check.
func (e *Engine) enqueue(i int) {
	p := &e.procs[i]
	switch {
	case !e.open(i):
	case e.mustCheck(i):
		e.toCheck = append(e.toCheck, i)
	case !p.queued:
		p.queued = true
		e.queueOf(i).push(i)
	}
}

// head drops what can no longer start and returns the first of the rest, or -1.
func (e *Engine) head(q *queue) int {
	for len(q.items) > 0 {
		i := q.items[0]
		if e.open(i) && !e.mustCheck(i) && !e.isUnneeded(i) {
			return i
		}
		q.pop()
		e.procs[i].queued = false
	}
	return -1
}

// startNext starts the most urgent process that may, unless another is not made
// yet, or a failure has to end the running tasks first.
func (e *Engine) startNext() {
	if e.draining || e.holding || e.making >= 0 || (e.closing && e.policy.OnFailure == StopRunning && e.leaving > 0) {
		return
	}
	i := e.head(&e.services)
	if t := e.nextTask(); i < 0 || t >= 0 && e.before(t, i) {
		i = t
	}
	if i < 0 {
		return
	}
	e.queueOf(i).pop()
	e.procs[i].queued = false
	e.procs[i].run++
	e.procs[i].back, e.procs[i].due = e.procs[i].state == BackingOff, false
	e.making = i
	e.move(i, Starting, "")
	e.emit(Start{e.id(i)})
}
