package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/probe"
	"wprun/internal/record"
	"wprun/internal/rundir"
	"wprun/internal/runner"
)

// ledger has the tasks of a file that may not have to run, and what they did in
// earlier runs. By itself it writes nothing.
type ledger struct {
	cfg   *config.Config
	book  *record.Book
	tasks map[string]*kept
	// resumed is the run that this one goes on with, "" if it is none. Of what is
	// not taken as done there, lacks says why.
	resumed string
	lacks   map[string]string
	// live has the runs that were looked for, and whether they are live.
	live map[string]bool
	// owned says that the records are this run's until it ends.
	owned bool
}

// keeper answers whether the tasks of one run have to run, and records what they
// did.
type keeper struct {
	*ledger
	run string // its ID
	// warn, and target, a process by its index as its commands find it, can be
	// called from any goroutine; so can stopped, the time of the first request to
	// stop, zero without one.
	warn    func(string)
	target  func(i int) probe.Target
	stopped func() time.Time

	mu sync.Mutex
	// ran has the tasks that were started in this run, and causes why each of them
	// had to.
	ran    map[string]bool
	causes map[string]string
}

// kept is a task that may not have to run.
type kept struct {
	record.Task
	index int // of its process
	// booked says that it has records, since it declares inputs or outputs.
	booked bool
	// skipIf is asked for as long as patience.
	skipIf   []string
	patience time.Duration
	forced   bool
	// resumed is the run in which it succeeded and ran, where the run that is
	// resumed knows of that; else "".
	resumed string
}

// newLedger knows the tasks that may be up to date: those that declare something,
// those that are forced, and those that succeeded in the run that is resumed.
func newLedger(cfg *config.Config, o *runOptions) (*ledger, error) {
	l := &ledger{cfg: cfg, book: record.Open(cfg.Dir, cfg.File, machine()), tasks: map[string]*kept{}, live: map[string]bool{}}
	done, err := l.resumeFrom(o.resume)
	if err != nil {
		return nil, err
	}
	before := upstreams{cfg: cfg, behind: map[int][]string{}}
	for i, p := range cfg.Processes {
		resumed, forced := done[p.Name], o.forces(p.Name)
		if p.Service || !p.Declares() && resumed == "" && !forced {
			continue
		}
		t := newKept(cfg, i)
		if t.booked {
			t.Upstream = before.of(i)
		}
		t.resumed, t.forced = resumed, forced
		l.tasks[p.Name] = t
	}
	return l, nil
}

func newKeeper(l *ledger, run string, warn func(string), target func(i int) probe.Target, stopped func() time.Time) *keeper {
	return &keeper{ledger: l, run: run, warn: warn, target: target, stopped: stopped, ran: map[string]bool{}, causes: map[string]string{}}
}

// machine is the one that this process runs on.
func machine() record.Machine {
	self := rundir.Self()
	return record.Machine{Host: self.Host, Boot: self.BootID}
}

// newKept takes a task from its file, but for what is before it.
func newKept(cfg *config.Config, i int) *kept {
	p := cfg.Processes[i]
	k := &kept{
		Task: record.Task{
			Name: p.Name, Command: p.Argv, Dir: p.Dir, Env: p.Env,
			Inputs: p.Inputs, Outputs: p.Outputs, Atomic: p.AtomicOutput,
		},
		index:    i,
		booked:   len(p.Inputs)+len(p.Outputs) > 0,
		skipIf:   p.SkipIf,
		patience: cmp.Or(p.Timeout, probe.DefaultTimeout),
	}
	for _, kind := range p.RerunOn {
		k.Kinds = append(k.Kinds, record.Kind(kind))
	}
	return k
}

// own keeps other runs from the records, if there are any to be kept.
func (l *ledger) own(dir *rundir.Run) error {
	for _, t := range l.tasks {
		if t.booked {
			l.owned = true
			return errors.Join(dir.OwnRecords(), l.book.Make())
		}
	}
	return nil
}

// forRunner is nil where there is nothing to ask.
func (k *keeper) forRunner() runner.Keeper {
	if len(k.tasks) == 0 {
		return nil
	}
	return k
}

// prune forgets what the file does not have any more, unless the records may be
// another run's.
func (l *ledger) prune() error {
	if !l.owned {
		return nil
	}
	var known []string
	for _, p := range l.cfg.Processes {
		known = append(known, p.Name)
	}
	return l.book.Prune(known)
}

// Check answers engine.Check.
func (k *keeper) Check(ctx context.Context, c engine.Check) engine.Event {
	return k.firstCause(c, k.check(ctx, c))
}

// firstCause puts what made a task run at first in place of what has it tried again.
func (k *keeper) firstCause(c engine.Check, answer engine.Event) engine.Event {
	stale, ok := answer.(engine.Stale)
	if !ok {
		return answer
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if name := c.ID.Process; c.Anew || !k.ran[name] {
		k.causes[name] = stale.Why
	} else {
		stale.Why = k.causes[name]
	}
	return stale
}

func (k *keeper) check(ctx context.Context, c engine.Check) engine.Event {
	t := k.tasks[c.ID.Process]
	switch {
	case c.Anew:
		return k.overrule(ctx, c.ID, "what it waits on was started again")
	case t.forced:
		return k.overrule(ctx, c.ID, "it is forced to")
	}
	why := "it succeeded in run " + t.resumed
	if t.booked {
		v, err := k.book.Check(ctx, t.Task)
		if err != nil {
			return engine.CheckFailed{ID: c.ID, Why: err.Error()}
		}
		if why = clauses(v.Reasons); !v.Current {
			return engine.Stale{ID: c.ID, Why: why}
		}
	}
	switch again := k.again(t); {
	case t.resumed != "" && again == "", t.booked && t.skipIf == nil:
		return engine.Current{ID: c.ID, Why: why}
	case t.skipIf == nil:
		return engine.Stale{ID: c.ID, Why: again}
	}
	return nil
}

// Ask answers engine.Check by skip_if.
func (k *keeper) Ask(ctx context.Context, c engine.Check) engine.Event {
	t := k.tasks[c.ID.Process]
	if err := probe.Ask(ctx, t.skipIf, t.patience, k.target(t.index)); err != nil {
		return k.firstCause(c, k.overrule(ctx, c.ID, "skip_if: "+err.Error()))
	}
	return engine.Current{ID: c.ID, Why: "skip_if says so"}
}

// overrule has a task run whatever its record says. That is looked at nevertheless:
// what it is compared with is what the new one will say.
func (k *keeper) overrule(ctx context.Context, id engine.ID, why string) engine.Event {
	if t := k.tasks[id.Process]; t.booked {
		task := t.Task
		task.Because = why
		if _, err := k.book.Check(ctx, task); err != nil {
			return engine.CheckFailed{ID: id, Why: err.Error()}
		}
	}
	return engine.Stale{ID: id, Why: why}
}

// again says, of a task that is resumed, what before it was done anew; "" if
// nothing was.
func (k *keeper) again(t *kept) string {
	if t.resumed == "" {
		return ""
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, n := range k.tasksBefore(t.index) {
		if name := k.cfg.Processes[n].Name; k.ran[name] {
			return name + ", which it waits on, ran again"
		}
	}
	return ""
}

// begin makes the record of a task void that is about to start.
func (k *keeper) begin(name string) error {
	k.mu.Lock()
	k.ran[name] = true
	k.mu.Unlock()
	t := k.tasks[name]
	if t == nil || !t.booked {
		return nil
	}
	aside, err := k.book.Begin(name, k.run)
	for _, moved := range aside {
		k.warn(fmt.Sprintf("%s: an output was changed by somebody else; a copy is kept: %s", name, moved))
	}
	return err
}

// suspicion is how long before a request to stop no exit code 0 is believed. Who
// stops all processes of a control group sends the signal to a command before wprun
// can know of it, and the command may exit 0 because of that. What wprun hears of
// only when the record is written is believed nevertheless.
const suspicion = 100 * time.Millisecond

// Record answers engine.Record.
func (k *keeper) Record(ctx context.Context, id engine.ID) engine.Event {
	t := k.tasks[id.Process]
	if !t.booked {
		return engine.Recorded{ID: id}
	}
	exited := time.Now()
	warnings, err := k.book.Commit(ctx, t.Name)
	for _, w := range warnings {
		k.warn(t.Name + ": " + w)
	}
	if at := k.stopped(); err == nil && !at.IsZero() && at.Sub(exited) < suspicion {
		k.warn(t.Name + ": it ended as the run was told to stop, maybe by the same signal; it will be run again")
		err = k.book.Remove(t.Name)
	}
	if err == nil {
		return engine.Recorded{ID: id}
	}
	code := codeInternal
	if _, ok := errors.AsType[*record.OutputError](err); ok {
		code = 1
	}
	return engine.RecordFailed{ID: id, Code: code, Why: err.Error()}
}

// mostClauses is how many reasons a line has.
const mostClauses = 3

// clauses puts reasons into a line.
func clauses(reasons []string) string {
	text := strings.Join(reasons[:min(len(reasons), mostClauses)], "; ")
	if more := len(reasons) - mostClauses; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}
