package runner

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wprun/internal/engine"
)

// command is what a process does when it is started.
type command struct {
	// lasts is the time to its exit; 0 is until it is told to end.
	lasts time.Duration
	code  int
	// deaf commands end only when they are killed.
	deaf bool
	// makes is a watchpoint that it makes right before its exit.
	makes string
	// startTakes is how long the executor is busy with the start.
	startTakes time.Duration
	// cannot is why it does not start, for the time passes; 0 is for ever.
	cannot error
	passes time.Duration
	// immortal commands do not end when they are killed.
	immortal bool
	// again is what it does from its second attempt on; nil is the same.
	again *command
}

// played is a command that is running.
type played struct {
	timer *time.Timer
	due   time.Time
	left  time.Duration // in a pause
}

// fakeExecutor plays commands by the clock of the test.
type fakeExecutor struct {
	t        *testing.T
	commands map[string]command
	points   *fakeWatchpoints
	observer *recorder
	log      *journal

	exits chan engine.Exited
	wake  chan struct{}
	live  map[engine.ID]*played
	begun []engine.Event
	// wakeTakes is how long a call of Wake goes on after it has worked.
	wakeTakes time.Duration
	waking    atomic.Int32
	over      atomic.Bool
}

func (x *fakeExecutor) Start(id engine.ID) error {
	c := x.command(id)
	if !x.observer.idle {
		x.t.Errorf("%s is started, and what it follows is not written", id)
	}
	x.log.add("start %s", id)
	time.Sleep(c.startTakes)
	if c.cannot != nil && (c.passes == 0 || time.Since(x.log.start) < c.passes) {
		return c.cannot
	}
	lasts := c.lasts
	if lasts == 0 {
		lasts = 1000 * time.Hour
	}
	timer := time.AfterFunc(lasts, func() {
		if c.makes != "" {
			x.points.make(c.makes)
		}
		x.exits <- engine.Exited{ID: id, Code: c.code}
	})
	x.live[id] = &played{timer: timer, due: time.Now().Add(lasts)}
	x.begun = append(x.begun, engine.Started{ID: id})
	return nil
}

func (x *fakeExecutor) command(id engine.ID) command {
	c := x.commands[id.Process]
	if id.Run > 1 && c.again != nil {
		return *c.again
	}
	return c
}

func (x *fakeExecutor) Pause() {
	x.log.add("pause")
	for _, p := range x.live {
		if p.timer.Stop() {
			p.left = time.Until(p.due)
		}
	}
}

func (x *fakeExecutor) Resume() {
	x.log.add("resume")
	for _, p := range x.live {
		if p.left > 0 {
			p.due = time.Now().Add(p.left)
			p.timer.Reset(p.left)
			p.left = 0
		}
	}
}

func (x *fakeExecutor) Terminate(id engine.ID) {
	x.log.add("terminate %s", id)
	if !x.command(id).deaf {
		x.end(engine.Exited{ID: id, Code: 143, Signal: "SIGTERM"})
	}
}

func (x *fakeExecutor) Kill(id engine.ID) {
	x.log.add("kill %s", id)
	if x.command(id).immortal {
		return
	}
	x.end(engine.Exited{ID: id, Code: 137, Signal: "SIGKILL"})
}

func (x *fakeExecutor) end(exit engine.Exited) {
	if p := x.live[exit.ID]; p != nil && p.timer.Stop() { // nil: it could not be started
		x.exits <- exit
	}
}

func (x *fakeExecutor) Forget(id engine.ID) { delete(x.live, id) }

func (x *fakeExecutor) Wait(block bool) []engine.Event {
	if block && !x.observer.idle {
		x.t.Error("Wait blocks before the observer was told to write out")
	}
	exited := x.begun
	x.begun = nil
	for {
		select {
		case exit := <-x.exits:
			exited = append(exited, exit)
			continue
		default:
		}
		if len(exited) > 0 || !block {
			return exited
		}
		select {
		case exit := <-x.exits:
			exited = append(exited, exit)
		case <-x.wake:
			return exited
		}
	}
}

func (x *fakeExecutor) Wake() {
	x.waking.Add(1)
	defer x.waking.Add(-1)
	if x.over.Load() {
		x.t.Error("something was sent after Run had returned")
	}
	select {
	case x.wake <- struct{}{}:
	default:
	}
	time.Sleep(x.wakeTakes)
}

// fakeWatchpoints are directories without a disk. Commands and the outside make
// them from other goroutines.
type fakeWatchpoints struct {
	log  *journal
	mu   sync.Mutex
	here map[string]bool
	// cannotCreate and cannotRemove say why, by key.
	cannotCreate, cannotRemove map[string]error
	// fail ends Watch with an error; lingers is how long Watch takes to end.
	fail    chan error
	lingers time.Duration
	// report is there once watching is closed.
	report   func([]Change)
	watching chan struct{}
	ended    bool
}

func (w *fakeWatchpoints) make(key string) { w.put(key, true) }

func (w *fakeWatchpoints) put(key string, here bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.here[key] = here
}

func (w *fakeWatchpoints) Create(key string) error {
	w.mu.Lock()
	err := w.cannotCreate[key]
	w.mu.Unlock()
	if err != nil {
		return err
	}
	w.log.add("create %s", key)
	w.put(key, true)
	return nil
}

// allow lets a key be made from now on.
func (w *fakeWatchpoints) allow(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.cannotCreate, key)
}

// errPassing is what passes.
var errPassing = errors.New("no space left on device")

func (w *fakeWatchpoints) Passing(err error) bool { return errors.Is(err, errPassing) }

func (w *fakeWatchpoints) Remove(key string) error {
	if err := w.cannotRemove[key]; err != nil {
		return err
	}
	w.log.add("remove %s", key)
	w.put(key, false)
	return nil
}

func (w *fakeWatchpoints) Exists(key string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.here[key]
}

// all returns what is there.
func (w *fakeWatchpoints) all() map[string]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := maps.Clone(w.here)
	maps.DeleteFunc(all, func(_ string, here bool) bool { return !here })
	return all
}

func (w *fakeWatchpoints) Watch(ctx context.Context, report func([]Change)) error {
	w.report = report
	close(w.watching)
	defer func() { w.ended = true }()
	select {
	case err := <-w.fail:
		return err
	case <-ctx.Done():
		time.Sleep(w.lingers)
		return ctx.Err()
	}
}

// readiness is how the probe of a service goes.
type readiness struct {
	// after is the time it takes; 0 is for ever.
	after  time.Duration
	cannot error
	// lingers is how long it takes to notice that nobody wants to know.
	lingers time.Duration
	// then is what is seen of the first attempt afterwards.
	then []sight
}

// sight is news of a service some time after the news before it.
type sight struct {
	after time.Duration
	event engine.Event
	text  string // what it says of itself
}

type fakeProber struct {
	log     *journal
	ready   map[string]readiness
	pending atomic.Int32
}

func (p *fakeProber) Follow(id engine.ID) func(context.Context, func(engine.Event), func(string)) {
	p.pending.Add(1)
	return func(ctx context.Context, report func(engine.Event), tell func(string)) {
		defer p.pending.Add(-1)
		r := p.ready[id.Process]
		known := r.after > 0 && pass(ctx, r.after)
		if known {
			if r.cannot != nil {
				report(engine.NotReady{ID: id, Why: r.cannot.Error()})
			} else {
				report(engine.Ready{ID: id})
			}
		}
		for _, s := range r.then {
			switch {
			case id.Run > 1 || !pass(ctx, s.after):
			case s.event != nil:
				report(s.event)
			default:
				tell(s.text)
			}
		}
		<-ctx.Done()
		if !known {
			p.log.add("probe %s given up", id)
		}
		time.Sleep(r.lingers)
	}
}

// verdict is what the keeper finds out about a task.
type verdict struct {
	// takes is how long that takes; asks is how long a command takes to tell.
	takes, asks time.Duration
	// current says that the task need not run, the first time that it is asked.
	current bool
	// cannot is why that cannot be found out, lacks what the task does not leave.
	cannot, lacks string
}

// fakeKeeper has looked at files that are not there.
type fakeKeeper struct {
	log      *journal
	verdicts map[string]verdict
	records  time.Duration // how long a record takes, 0 is as long as a check
	pending  atomic.Int32
}

func (k *fakeKeeper) Check(ctx context.Context, c engine.Check) engine.Event {
	id, v := c.ID, k.verdicts[c.ID.Process]
	if !k.look(ctx, "check", id, v.takes) {
		return engine.CheckFailed{ID: id, Why: "asked no more"}
	}
	switch {
	case v.asks > 0:
		return nil
	case v.cannot != "":
		return engine.CheckFailed{ID: id, Why: v.cannot}
	case v.current:
		return engine.Current{ID: id}
	}
	return engine.Stale{ID: id, Why: "never ran"}
}

func (k *fakeKeeper) Ask(ctx context.Context, c engine.Check) engine.Event {
	if !k.look(ctx, "ask", c.ID, k.verdicts[c.ID.Process].asks) {
		return engine.CheckFailed{ID: c.ID, Why: "asked no more"}
	}
	return engine.Current{ID: c.ID}
}

func (k *fakeKeeper) Record(ctx context.Context, id engine.ID) engine.Event {
	v := k.verdicts[id.Process]
	k.look(ctx, "record", id, cmp.Or(k.records, v.takes))
	if v.lacks != "" {
		return engine.RecordFailed{ID: id, Code: 1, Why: v.lacks}
	}
	return engine.Recorded{ID: id}
}

// look takes its time.
func (k *fakeKeeper) look(ctx context.Context, what string, id engine.ID, takes time.Duration) bool {
	k.pending.Add(1)
	defer k.pending.Add(-1)
	k.log.add("%s %s", what, id)
	if !pass(ctx, takes) {
		k.log.add("%s %s given up", what, id)
		return false
	}
	return true
}

// pass reports false if ctx ends first.
func pass(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
