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
	records []engine.ID
	checks  []engine.ID
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

func (d *desk) check(id engine.ID) { d.put(&d.checks, id) }

func (d *desk) record(id engine.ID) { d.put(&d.records, id) }

func (d *desk) put(list *[]engine.ID, id engine.ID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*list = append(*list, id)
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
		id, ask, ok := d.take()
		if !ok {
			return
		}
		d.answer(id.Process, ask(ctx, id))
	}
}

type question func(context.Context, engine.ID) engine.Event

// take waits for a question. It is false when there will be none.
func (d *desk) take() (engine.ID, question, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closed {
		if id, ok := d.next(&d.records); ok {
			return id, d.keeper.Record, true
		}
		if id, ok := d.next(&d.checks); ok {
			return id, d.keeper.Check, true
		}
		d.news.Wait()
	}
	return engine.ID{}, nil, false
}

// next takes the first of a list whose process has no other question open.
func (d *desk) next(list *[]engine.ID) (engine.ID, bool) {
	if d.paused {
		return engine.ID{}, false
	}
	for i, id := range *list {
		if !d.busy[id.Process] {
			copy((*list)[1:i+1], *list) // few are busy: i is small
			*list = (*list)[1:]
			d.busy[id.Process] = true
			return id, true
		}
	}
	return engine.ID{}, false
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
