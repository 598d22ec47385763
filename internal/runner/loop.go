package runner

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

// loop is the one owner of a run's state. It appends its own news to queue and
// never sends to its own inbox, so it cannot wait for itself.
type loop struct {
	cfg    Config
	engine *engine.Engine
	queue  []engine.Event
	inbox  *inbox
	group  *errgroup.Group
	ctx    context.Context
	desk   *desk
	maker  *maker
	making int // how many signals are left to the maker

	probes  map[engine.ID]context.CancelFunc
	clock   clock
	timers  map[engine.Timer]*timer
	pending sync.WaitGroup          // timers that have neither sent nor been stopped
	here    map[string]bool         // the watchpoints that the engine knows to be there
	leaving map[engine.ID]time.Time // since when they have been asked to end
	last    time.Time               // of the latest event, by the clock of the run

	begun    bool
	finished bool
	code     int
}

func (l *loop) run() int {
	l.setUp()
	for !l.finished {
		if len(l.queue) == 0 || l.clock.stands() {
			l.collect(true)
			continue
		}
		ev := l.queue[0]
		l.queue = l.queue[1:]
		if l.stale(ev) {
			continue
		}
		l.step(ev)
		if triedStart(ev) && !l.finished {
			l.collect(false) // a start takes long enough for other things to happen
		}
	}
	l.cfg.Observer.Idle()
	return l.code
}

func (l *loop) setUp() {
	if l.cfg.Files == nil {
		l.begin()
	} else {
		l.later(engine.Timer{Kind: filesTimer}, filesPatience, l.begin)
	}
	l.later(engine.Timer{Kind: quietTimer}, quiet, l.sayWaiting)
	if l.cfg.Timeout > 0 {
		l.later(engine.Timer{Kind: runTimer}, l.cfg.Timeout, func() {
			l.queue = append(l.queue, engine.TimeIsUp{})
		})
	}
}

// begin begins the run, once. A service that is started before its files are
// watched could have read what was changed before that.
func (l *loop) begin() {
	l.stopTimer(engine.Timer{Kind: filesTimer})
	if !l.begun {
		l.begun = true
		l.queue = append(l.queue, engine.Begin{})
	}
}

func (l *loop) step(ev engine.Event) {
	l.last = l.clock.now()
	actions := l.engine.Step(ev)
	l.cfg.Observer.Step(ev, actions)
	l.forget(ev)
	for _, a := range actions {
		l.perform(a)
	}
}

// forget lets go of what has ended by an event.
func (l *loop) forget(ev engine.Event) {
	switch ev := ev.(type) {
	case engine.Exited:
		l.cfg.Executor.Forget(ev.ID)
	case engine.StartFailed:
		l.cfg.Executor.Forget(ev.ID)
	case engine.Busy:
		l.cfg.Executor.Forget(ev.ID)
	}
}

func triedStart(ev engine.Event) bool {
	switch ev.(type) {
	case engine.Made, engine.StartFailed, engine.Busy:
		return true
	}
	return false
}

// stale says that what was seen of a watchpoint has been overtaken by what the
// loop itself has done to it since.
func (l *loop) stale(ev engine.Event) bool {
	switch ev := ev.(type) {
	case engine.Seen:
		return !l.here[ev.Key]
	case engine.Gone:
		return l.here[ev.Key]
	}
	return false
}

// collect turns what happened outside into events.
func (l *loop) collect(block bool) {
	if block {
		l.cfg.Observer.Idle()
	}
	for _, ev := range l.cfg.Executor.Wait(block) {
		if exit, ok := ev.(engine.Exited); ok {
			l.exited(exit)
		} else {
			l.queue = append(l.queue, ev)
		}
	}
	for {
		m, ok := l.inbox.receive()
		if !ok {
			return
		}
		m()
	}
}

// exited looks at the watchpoints that only the command could make and reports
// them before the exit: the two come by different roads and may swap.
func (l *loop) exited(exit engine.Exited) {
	if i, ok := l.cfg.Graph.Process(exit.ID.Process); ok {
		for _, s := range l.cfg.Graph.Processes()[i].Signals {
			if s.When == graph.Self {
				l.look(s.Key)
			}
		}
	}
	l.queue = append(l.queue, exit)
}

// look finds out whether a watchpoint is there now, and reports it if that is
// news. What a report said may have changed since.
func (l *loop) look(key string) {
	here := l.cfg.Watchpoints.Exists(key)
	if here == l.here[key] {
		return
	}
	l.here[key] = here
	if here {
		l.queue = append(l.queue, engine.Seen{Key: key})
	} else {
		l.queue = append(l.queue, engine.Gone{Key: key})
	}
}

func (l *loop) perform(a engine.Action) {
	switch a := a.(type) {
	case engine.Start:
		l.start(a.ID)
	case engine.Check:
		l.desk.check(a)
	case engine.Record:
		l.desk.record(a)
	case engine.Probe:
		l.probe(a.ID)
	case engine.Signal:
		l.signal(a)
	case engine.Declare:
		l.declare(a.Keys)
	case engine.Unsignal:
		l.unsignal(a.Keys)
	case engine.Terminate:
		l.askedToLeave(a.ID)
		l.cfg.Executor.Terminate(a.ID)
	case engine.Kill:
		l.askedToLeave(a.ID)
		l.cfg.Executor.Kill(a.ID)
	case engine.SetTimer:
		l.setTimer(a.Timer, a.After)
	case engine.Changed:
		l.changed(a)
	case engine.Alone:
	case engine.Finish:
		l.finished, l.code = true, a.Code
	default:
		panic("runner: unknown action " + a.String())
	}
}

// start has written down what a command is started after.
func (l *loop) start(id engine.ID) {
	l.cfg.Observer.Idle()
	if err := l.cfg.Executor.Start(id); err != nil {
		l.queue = append(l.queue, NotStarted(id, err))
	} else {
		l.queue = append(l.queue, engine.Made{ID: id})
	}
}

func (l *loop) probe(id engine.ID) {
	ctx, cancel := context.WithCancel(l.ctx)
	l.probes[id] = cancel
	follow := l.cfg.Prober.Follow(id)
	l.group.Go(func() error {
		defer cancel()
		follow(ctx,
			func(ev engine.Event) {
				if ctx.Err() == nil {
					l.send(ev)
				}
			},
			func(text string) {
				l.inbox.send(func() { l.cfg.Observer.Told(id, text) })
			})
		return nil
	})
}

// attemptTimers are those that end with an attempt.
var attemptTimers = []engine.TimerKind{engine.Attempt, engine.Grace, engine.Hopeless, engine.Steady}

// changed ends what belongs to an attempt that is ending.
func (l *loop) changed(a engine.Changed) {
	over := a.To.Final() || a.To == engine.BackingOff
	if over || a.To == engine.Starting {
		l.stopTimer(engine.Timer{Kind: engine.Patience, ID: engine.ID{Process: a.ID.Process}})
	}
	switch {
	case over:
	case a.To == engine.Recording || a.To == engine.Signalling || a.To == engine.Waiting:
		l.stopTimer(engine.Timer{Kind: engine.Attempt, ID: a.ID})
		return
	case a.To != engine.Stopping:
		return
	}
	if cancel, ok := l.probes[a.ID]; ok {
		cancel()
		delete(l.probes, a.ID)
	}
	if over {
		l.hasLeft(a.ID)
		for _, kind := range attemptTimers {
			l.stopTimer(engine.Timer{Kind: kind, ID: a.ID})
		}
	}
}
