package cli

import (
	"context"
	"sync"
	"time"

	"wprun/internal/engine"
	"wprun/internal/probe"
)

// Follow has the news of a probe come as events.
func (x *executor) Follow(id engine.ID) func(context.Context, func(engine.Event), func(string)) {
	a := x.attempts[id]
	c := a.command
	target := probe.Target{Dir: a.spec.Dir, Env: a.spec.Env, Matched: a.matched, Paused: x.pauses.total}
	if a.listener != nil {
		target.Notify = a.listener.Messages()
	}
	return func(ctx context.Context, report func(engine.Event), tell func(string)) {
		c.ready.Follow(ctx, target, c.alive, probe.Report{
			Ready:    func(string) { report(engine.Ready{ID: id}) },
			Unready:  func(why string) { report(engine.Unready{ID: id, Why: why}) },
			NotReady: func(why string) { report(engine.NotReady{ID: id, Why: why}) },
			Unwell:   func(why string) { report(engine.Unwell{ID: id, Why: why}) },
			Status:   tell,
		})
	}
}

// stopwatch adds up the pauses of a run. It can be read from any goroutine.
type stopwatch struct {
	mu    sync.Mutex
	over  time.Duration
	since time.Time // zero between pauses
}

func (w *stopwatch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Now()
}

func (w *stopwatch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over += time.Since(w.since)
	w.since = time.Time{}
}

func (w *stopwatch) total() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.since.IsZero() {
		return w.over
	}
	return w.over + time.Since(w.since)
}
