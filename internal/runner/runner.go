// Package runner conducts a run: it owns the engine, feeds it what happens and
// performs what it decides. What touches the world is behind three interfaces,
// so that the runner knows neither processes nor directories.
package runner

import (
	"context"
	"errors"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

// Executor starts and ends commands. Every method but Wake is called from the
// goroutine that called Run, so an executor may tie itself to its thread.
type Executor interface {
	// Start makes the process that is to run a command, and Wait tells whether it
	// runs. The error may be a *StartError.
	Start(id engine.ID) error
	// Terminate asks all that the command started to end. It does nothing to one that
	// could not be started, of which the loop may not know yet.
	Terminate(id engine.ID)
	// Kill ends all that the command started, as Terminate.
	Kill(id engine.ID)
	// Pause stops all that the commands started, until Resume.
	Pause()
	// Resume lets it go on.
	Resume()
	// Wait returns what was started, or could not be (NotStarted), and what has exited
	// since the last call. It blocks until there is something or Wake is called, unless
	// block is false. The slice is valid until the next call.
	Wait(block bool) []engine.Event
	// Forget lets go of a command whose end, or failed start, the engine has taken. It
	// does nothing to one of which nothing is known.
	Forget(id engine.ID)
	// Wake makes a Wait that blocks, or the next one, return. Any goroutine may
	// call it.
	Wake()
}

// StartError is an error of Start that knows its exit code.
type StartError struct {
	Code int
	Err  error
	// Passing says that this machine is at a limit, and that it may be worth
	// trying again.
	Passing bool
}

func (e *StartError) Error() string { return e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }

// NotStarted is the event of a start that has failed.
func NotStarted(id engine.ID, err error) engine.Event {
	code := 125
	if known, ok := errors.AsType[*StartError](err); ok {
		if known.Passing {
			return engine.Busy{ID: id, Code: known.Code, Why: err.Error()}
		}
		code = known.Code
	}
	return engine.StartFailed{ID: id, Code: code, Why: err.Error()}
}

// Watchpoints makes, removes and watches directories by key. Remove and Exists are
// called from the goroutine that called Run.
type Watchpoints interface {
	// Create may be called by another goroutine, but not twice at once.
	Create(key string) error
	// Passing says that an error of Create may pass by itself.
	Passing(err error) bool
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

// Prober finds out how services are.
type Prober interface {
	// Follow returns what follows the service of an attempt until ctx ends. It
	// is called by the goroutine that called Run, and what it returns by one of
	// its own. report takes the events that answer engine.Probe, tell what the
	// service says of itself.
	Follow(id engine.ID) func(ctx context.Context, report func(engine.Event), tell func(text string))
}

// Files watches the files of processes that want to be restarted when one of
// them changes.
type Files interface {
	// Watch reports changes until ctx ends. It calls begun when it knows what is
	// there: from then on every change is one. An error before ctx ends says that
	// no change will be noticed any more.
	Watch(ctx context.Context, begun func(), changed func(process, path string)) error
}

// Keeper knows what was done in earlier runs.
type Keeper interface {
	// Check finds out whether a task has to run: it answers engine.Check with
	// Current, Stale or CheckFailed, or with nil if Ask has to. It is called by
	// goroutines other than that of Run, a few at a time, and nothing is called for
	// one task twice at once.
	Check(ctx context.Context, c engine.Check) engine.Event
	// Ask finds out by a command, which may be slow; more of them are called at a
	// time, and they hold up nothing else.
	Ask(ctx context.Context, c engine.Check) engine.Event
	// Record answers engine.Record with Recorded or RecordFailed; it is called
	// likewise.
	Record(ctx context.Context, id engine.ID) engine.Event
}

// Pause asks to stop all that runs, and all time-outs, or to let it go on.
type Pause struct {
	On bool
	// Done is closed when that has been done; nil if nobody wants to know. It
	// stays open if the run ends instead.
	Done chan<- struct{}
}

// Leaving is a process that was asked to end some time ago and has not.
type Leaving struct {
	ID  engine.ID
	For time.Duration
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
	// Leaving is told, every 2 s while there are any, who has been asked to end
	// and has not.
	Leaving(list []Leaving)
	// Told is told what a service says of itself.
	Told(id engine.ID, text string)
	// Idle is called before the loop blocks and before it starts a command: the time
	// to write out.
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
	// Files is nil if no file matters.
	Files Files
	// Keeper is nil if no task is Checked.
	Keeper Keeper
	// Stop carries a value for each request to end the run; the second forces
	// it, the third waits for nobody.
	Stop <-chan struct{}
	// Pause is nil if the run is never paused. A request to end the run ends a
	// pause too. Time in a pause does not count for any time-out.
	Pause <-chan Pause
	// Do brings what others want to have done by the goroutine that called Run:
	// that which owns the executor. Nil is nothing.
	Do <-chan func()
	// Timeout ends the run; 0 is no limit.
	Timeout time.Duration
}

// filesPatience is how long the run waits for Files to begin: one that hangs in a
// file system must not keep it.
const filesPatience = 2 * time.Second

// quiet is the time without any event after which Waiting is called.
const quiet = 10 * time.Second

// Run conducts the run to its end and returns its exit code. The end of asked
// asks for the end of the run, as Stop does. When Run returns, nothing that it
// started in this program goes on.
func Run(asked context.Context, cfg Config) (code int, err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(asked)) // messages get through to the end
	l := &loop{
		cfg:     cfg,
		engine:  engine.New(cfg.Graph, cfg.Policy),
		inbox:   newInbox(ctx, cfg.Executor.Wake),
		group:   &errgroup.Group{},
		ctx:     ctx,
		probes:  map[engine.ID]context.CancelFunc{},
		timers:  map[engine.Timer]*timer{},
		here:    map[string]bool{},
		leaving: map[engine.ID]time.Time{},
	}
	l.desk = newDesk(cfg.Keeper, func() { l.inbox.send(l.answered) })
	l.maker = newMaker(l.make, func() { l.inbox.send(l.collectMade) })
	l.group.Go(l.maker.work)
	if cfg.Keeper != nil {
		l.desk.open(ctx, runtime.GOMAXPROCS(0), l.group.Go)
	}
	l.group.Go(l.watch)
	l.group.Go(func() error { return l.forwardRequests(asked.Done()) })
	if cfg.Files != nil {
		l.group.Go(l.watchFiles)
	}
	code = l.run()
	cancel()
	l.desk.close()
	l.maker.close()
	l.stopTimers()
	if err := l.group.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return code, err
	}
	return code, nil
}

func (l *loop) watch() error {
	err := l.cfg.Watchpoints.Watch(l.ctx, func(changes []Change) {
		l.inbox.send(func() {
			for _, c := range changes {
				l.look(c.Key)
			}
		})
	})
	if err != nil && l.ctx.Err() == nil {
		l.inbox.send(l.stop) // blind, the run can only end
	}
	return err
}

// watchFiles lets the run go on when it can no longer notice changes: what
// runs, runs.
func (l *loop) watchFiles() error {
	err := l.cfg.Files.Watch(l.ctx, func() { l.inbox.send(l.begin) }, func(process, path string) {
		l.send(engine.Touched{Process: process, Path: path})
	})
	if err != nil && l.ctx.Err() == nil {
		l.inbox.send(func() {
			l.cfg.Observer.Warn(err.Error())
			l.begin()
		})
	}
	return nil
}

// forwardRequests has those of the user come to the loop.
func (l *loop) forwardRequests(asked <-chan struct{}) error {
	for {
		select {
		case <-l.cfg.Stop:
			l.inbox.send(l.stop)
		case <-asked:
			asked = nil // it asks once
			l.inbox.send(l.stop)
		case p := <-l.cfg.Pause:
			l.inbox.send(func() { l.pause(p) })
		case do := <-l.cfg.Do:
			l.inbox.send(do)
		case <-l.ctx.Done():
			return nil
		}
	}
}

// answered takes what the keeper has found out.
func (l *loop) answered() { l.queue = append(l.queue, l.desk.collect()...) }

// send has an event come to the loop; any goroutine may call it.
func (l *loop) send(ev engine.Event) {
	l.inbox.send(func() { l.queue = append(l.queue, ev) })
}

// stop does not wait for the end of a pause: nobody may be left to end it.
func (l *loop) stop() {
	l.resume()
	l.queue = append(l.queue, engine.Stop{})
}
