package runner

import (
	"context"
	"sync"

	"wprun/internal/engine"
)

// desk is where the loop leaves questions to the keeper. A few workers take
// them, records first: those hold the slots of their tasks.
type desk struct {
	keeper Keeper
	// told has the loop come for the answers, once for all that wait.
	told func()

	mu      sync.Mutex
	news    sync.Cond // todo has changed
	records []question
	checks  []question
	busy    map[string]bool // processes whose question is being answered
	answers []engine.Event
	paused  bool
	closed  bool
}

func newDesk(keeper Keeper, told func()) *desk {
	d := &desk{keeper: keeper, told: told, busy: map[string]bool{}}
	d.news.L = &d.mu
	return d
}

// open starts n workers; they go on until close, and ctx ends what they do.
func (d *desk) open(ctx context.Context, n int, start func(func() error)) {
	for range n {
		start(func() error {
			d.work(ctx)
			return nil
		})
	}
}

// question is one about a process, with the way to its answer.
type question struct {
	process string
	ask     func(context.Context) engine.Event
}

func (d *desk) check(c engine.Check) {
	d.put(&d.checks, question{c.ID.Process, func(ctx context.Context) engine.Event { return d.keeper.Check(ctx, c) }})
}

func (d *desk) record(r engine.Record) {
	d.put(&d.records, question{r.ID.Process, func(ctx context.Context) engine.Event { return d.keeper.Record(ctx, r.ID) }})
}

func (d *desk) put(list *[]question, q question) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*list = append(*list, q)
	d.news.Signal()
}

// pause keeps the workers from taking what is left, or lets them.
func (d *desk) pause(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paused = on
	d.news.Broadcast()
}

func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.news.Broadcast()
}

// collect returns the answers there are.
func (d *desk) collect() []engine.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	answers := d.answers
	d.answers = nil
	return answers
}

func (d *desk) work(ctx context.Context) {
	for {
		q, ok := d.take()
		if !ok {
			return
		}
		d.answer(q.process, q.ask(ctx))
	}
}

// take waits for a question. It is false when there will be none.
func (d *desk) take() (question, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closed {
		if q, ok := d.next(&d.records); ok {
			return q, true
		}
		if q, ok := d.next(&d.checks); ok {
			return q, true
		}
		d.news.Wait()
	}
	return question{}, false
}

// next takes the first of a list whose process has no other question open.
func (d *desk) next(list *[]question) (question, bool) {
	if d.paused {
		return question{}, false
	}
	for i, q := range *list {
		if !d.busy[q.process] {
			copy((*list)[1:i+1], *list) // few are busy: i is small
			*list = (*list)[1:]
			d.busy[q.process] = true
			return q, true
		}
	}
	return question{}, false
}

func (d *desk) answer(process string, ev engine.Event) {
	d.mu.Lock()
	delete(d.busy, process)
	d.news.Signal() // a question about the same process may have waited
	first := len(d.answers) == 0
	d.answers = append(d.answers, ev)
	d.mu.Unlock()
	if first {
		d.told()
	}
}
