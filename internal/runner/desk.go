package runner

import (
	"context"
	"sync"

	"wprun/internal/engine"
)

// desk is where the loop leaves questions to the keeper. A few workers take records
// and checks, records first: those hold the slots of their tasks. Others take what
// only a command can tell, which may be slow, or hang.
type desk struct {
	keeper Keeper
	// told has the loop come for the answers, once for all that wait.
	told func()

	mu      sync.Mutex
	news    sync.Cond // records or checks has changed
	records []question
	checks  []question
	slow    sync.Cond // asks has changed
	asks    []question
	answers []engine.Event
	paused  bool
	closed  bool
}

// question is the way to an answer; nil if another question has taken its place.
type question func(context.Context) engine.Event

// askers is how many commands are asked at a time. They mostly wait, so it does not
// depend on the machine; and so many have to hang to hold up those that do not.
const askers = 16

func newDesk(keeper Keeper, told func()) *desk {
	d := &desk{keeper: keeper, told: told}
	d.news.L, d.slow.L = &d.mu, &d.mu
	return d
}

// open starts n workers for records and checks, and the askers; they go on until
// close, and ctx ends what they do.
func (d *desk) open(ctx context.Context, n int, start func(func() error)) {
	for range n {
		start(func() error { return d.work(ctx, &d.news, &d.records, &d.checks) })
	}
	for range askers {
		start(func() error { return d.work(ctx, &d.slow, &d.asks) })
	}
}

func (d *desk) check(c engine.Check) {
	d.put(&d.news, &d.checks, func(ctx context.Context) engine.Event {
		ev := d.keeper.Check(ctx, c)
		if ev == nil {
			d.put(&d.slow, &d.asks, func(ctx context.Context) engine.Event { return d.keeper.Ask(ctx, c) })
		}
		return ev
	})
}

func (d *desk) record(r engine.Record) {
	d.put(&d.news, &d.records, func(ctx context.Context) engine.Event { return d.keeper.Record(ctx, r.ID) })
}

func (d *desk) put(news *sync.Cond, list *[]question, q question) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*list = append(*list, q)
	news.Signal()
}

// pause keeps the workers from taking what is left, or lets them.
func (d *desk) pause(on bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.paused = on
	d.news.Broadcast()
	d.slow.Broadcast()
}

func (d *desk) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.news.Broadcast()
	d.slow.Broadcast()
}

// collect returns the answers there are.
func (d *desk) collect() []engine.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	answers := d.answers
	d.answers = nil
	return answers
}

// work answers what is in some lists, that of the first one first.
func (d *desk) work(ctx context.Context, news *sync.Cond, lists ...*[]question) error {
	for {
		q := d.take(news, lists)
		if q == nil {
			return nil
		}
		if ev := q(ctx); ev != nil {
			d.answer(ev)
		}
	}
}

// take waits for a question. It is nil when there will be none.
func (d *desk) take(news *sync.Cond, lists []*[]question) question {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closed {
		for _, list := range lists {
			if len(*list) > 0 && !d.paused {
				q := (*list)[0]
				(*list)[0] = nil
				*list = (*list)[1:]
				return q
			}
		}
		news.Wait()
	}
	return nil
}

func (d *desk) answer(ev engine.Event) {
	d.mu.Lock()
	first := len(d.answers) == 0
	d.answers = append(d.answers, ev)
	d.mu.Unlock()
	if first {
		d.told()
	}
}
