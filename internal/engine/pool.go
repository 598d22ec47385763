package engine

// pool is a queue of tasks with a limit of its own. A task that does not fit holds
// up those behind it, so that a heavy one has its turn, too; other pools go on.
type pool struct {
	queue
	limit int // 0 is none
	used  int // the sum of the weights of its tasks that are live
}

func (e *Engine) makePools() {
	byName := map[string]*pool{}
	for i := range e.procs {
		if e.service(i) || !e.procs[i].selected {
			continue
		}
		name := e.options(i).Pool
		p := byName[name]
		if p == nil {
			p = &pool{queue: queue{before: e.before}, limit: e.policy.Pools[name]}
			byName[name] = p
			e.pools = append(e.pools, p)
		}
		e.procs[i].pool = p
	}
}

// weight is what task i counts for in a limit: never more than that, so that it
// can run alone.
func (e *Engine) weight(i, limit int) int {
	weight := max(1, e.options(i).Weight)
	if limit > 0 {
		return min(weight, limit)
	}
	return weight
}

// occupy takes, or with -1 gives back, the slots of task i.
func (e *Engine) occupy(i, by int) {
	p := e.procs[i].pool
	p.used += by * e.weight(i, p.limit)
	e.slots += by * e.weight(i, e.policy.Jobs)
}

func (e *Engine) fits(i, used, limit int) bool {
	return limit == 0 || used+e.weight(i, limit) <= limit
}

// nextTask is the most urgent task that its pool has room for, if there is room
// for it in all; -1 if there is none.
func (e *Engine) nextTask() int {
	next := -1
	for _, p := range e.pools {
		if p.limit > 0 && p.used >= p.limit {
			continue
		}
		t := e.head(&p.queue)
		if t >= 0 && e.fits(t, p.used, p.limit) && (next < 0 || e.before(t, next)) {
			next = t
		}
	}
	if next >= 0 && !e.fits(next, e.slots, e.policy.Jobs) {
		return -1
	}
	return next
}
