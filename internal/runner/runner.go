// Package runner conducts a run: it owns the engine, feeds it what happens and
// performs what it decides. What touches the world is behind three interfaces,
// so that the runner knows neither processes nor directories.
package runner

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

// Executor starts and ends commands. Every method but Wake is called from the
// goroutine that called Run, so an executor may tie itself to its thread.
type Executor interface {
	// Start runs the command of a process. The error may be a *StartError.
	Start(id engine.ID) error
	// Terminate asks all that the command started to end.
	Terminate(id engine.ID)
	// Kill ends all that the command started.
	Kill(id engine.ID)
	// Wait returns what has exited since the last call. It blocks until there
	// is something or Wake is called, unless block is false. The slice is valid
	// until the next call.
	Wait(block bool) []engine.Exited
	// Wake makes a Wait that blocks, or the next one, return. Any goroutine may
	// call it.
	Wake()
}

// StartError is an error of Start that knows its exit code.
type StartError struct {
	Code int
	Err  error
}

func (e *StartError) Error() string { return e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }

// Watchpoints makes, removes and watches directories by key. Create, Remove and
// Exists are called from the goroutine that called Run.
type Watchpoints interface {
	Create(key string) error
	Remove(key string) error
	Exists(key string) bool
	// Watch reports watchpoints as they appear and disappear until ctx ends.
	// Repeated and late reports are allowed.
	Watch(ctx context.Context, report func([]Change)) error
}

// Change says that a watchpoint is there, or not there, now.
type Change struct {
	Key     string
	Present bool
}

// Prober waits until a service is ready. The error says why it is not.
type Prober interface {
	Ready(ctx context.Context, id engine.ID) error
}

// Observer is told of what happens, by calls from the goroutine that called Run.
type Observer interface {
	// Step is told of every event and the actions that follow; it must not
	// keep the slice.
	Step(ev engine.Event, actions []engine.Action)
	// Warn is told of what went wrong without being anybody's failure.
	Warn(text string)
	// Waiting is told, each time nothing has happened for a while, who waits
	// for what.
	Waiting(waits []engine.Waits)
	// Idle is called before the loop blocks: the time to write out.
	Idle()
}

// Config is all that a run consists of.
type Config struct {
	Graph       *graph.Graph
	Policy      engine.Policy
	Executor    Executor
	Watchpoints Watchpoints
	Prober      Prober
	Observer    Observer
	// Stop carries a value for each request to end the run; the second forces
	// it.
	Stop <-chan struct{}
	// Timeout ends the run; 0 is no limit.
	Timeout time.Duration
}

// quiet is the time without any event after which Waiting is called.
const quiet = 10 * time.Second

// Run conducts the run to its end and returns its exit code. The end of asked
// asks for the end of the run, as Stop does. When Run returns, nothing that it
// started in this program goes on.
func Run(asked context.Context, cfg Config) (code int, err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(asked)) // messages get through to the end
	l := &loop{
		cfg:    cfg,
		engine: engine.New(cfg.Graph, cfg.Policy),
		inbox:  newInbox(ctx, cfg.Executor.Wake),
		group:  &errgroup.Group{},
		ctx:    ctx,
		probes: map[engine.ID]context.CancelFunc{},
		timers: map[engine.Timer]*time.Timer{},
		here:   map[string]bool{},
	}
	l.group.Go(l.watch)
	l.group.Go(func() error { return l.forwardStops(asked.Done()) })
	code = l.run()
	cancel()
	l.stopTimers()
	if err := l.group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return code, err
	}
	return code, nil
}

func (l *loop) watch() error {
	err := l.cfg.Watchpoints.Watch(l.ctx, func(changes []Change) {
		l.inbox.send(message{changes: changes})
	})
	if err != nil && l.ctx.Err() == nil {
		l.inbox.send(message{event: engine.Stop{}}) // blind, the run can only end
	}
	return err
}

func (l *loop) forwardStops(asked <-chan struct{}) error {
	for {
		select {
		case <-l.cfg.Stop:
		case <-asked:
			asked = nil // it asks once
		case <-l.ctx.Done():
			return nil
		}
		l.inbox.send(message{event: engine.Stop{}})
	}
}
