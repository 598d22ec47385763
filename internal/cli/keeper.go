package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

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
	// resumed is the run that this one goes on with, "" if it is none.
	resumed string
	// owned says that the records are this run's until it ends.
	owned bool
}

// keeper answers whether the tasks of one run have to run, and records what they
// did.
type keeper struct {
	*ledger
	run string // its ID
	// warn, and environment, that of a process by its index, can be called from any
	// goroutine.
	warn        func(string)
	environment func(i int) []string

	mu sync.Mutex
	// ran has the tasks that were started in this run.
	ran map[string]bool
}

// kept is a task that may not have to run.
type kept struct {
	record.Task
	index int // of its process
	// booked says that it has records, since it declares inputs or outputs.
	booked bool
	skipIf []string
	forced bool
	// resumed says that it succeeded in the run that is resumed.
	resumed bool
}

// newLedger knows the tasks that may be up to date: those that declare something,
// those that are forced, and those that succeeded in the run that is resumed.
func newLedger(cfg *config.Config, o *runOptions) (*ledger, error) {
	l := &ledger{cfg: cfg, book: record.Open(cfg.Dir, cfg.File, machine()), tasks: map[string]*kept{}}
	done, err := l.resumeFrom(o.resume)
	if err != nil {
		return nil, err
	}
	for i, p := range cfg.Processes {
		t := newKept(cfg, i)
		t.resumed, t.forced = done[p.Name], o.forces(p.Name)
		if !p.Service && (p.Declares() || t.resumed || t.forced) {
			l.tasks[p.Name] = t
		}
	}
	return l, nil
}

func newKeeper(l *ledger, run string, warn func(string), environment func(i int) []string) *keeper {
	return &keeper{ledger: l, run: run, warn: warn, environment: environment, ran: map[string]bool{}}
}

// machine is the one that this process runs on.
func machine() record.Machine {
	self := rundir.Self()
	return record.Machine{Host: self.Host, Boot: self.BootID}
}

// newKept takes a task from its file.
func newKept(cfg *config.Config, i int) *kept {
	p := cfg.Processes[i]
	k := &kept{
		Task: record.Task{
			Name: p.Name, Command: p.Argv, Dir: p.Dir, Env: p.Env,
			Inputs: p.Inputs, Outputs: p.Outputs, Atomic: p.AtomicOutput,
		},
		index:  i,
		booked: len(p.Inputs)+len(p.Outputs) > 0,
		skipIf: p.SkipIf,
	}
	for _, kind := range p.RerunOn {
		k.Kinds = append(k.Kinds, record.Kind(kind))
	}
	for _, n := range cfg.Graph.Needs(i) {
		need := cfg.Processes[n]
		if len(need.Outputs) > 0 {
			k.Upstream = append(k.Upstream, need.Name)
		}
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
	current, why, err := k.look(ctx, k.tasks[c.ID.Process], c.Anew)
	switch {
	case err != nil:
		return engine.CheckFailed{ID: c.ID, Why: err.Error()}
	case current:
		return engine.Current{ID: c.ID, Why: why}
	}
	return engine.Stale{ID: c.ID, Why: why}
}

// look looks at the records even where something else decides: what they are
// compared with is what a new one will say.
func (k *keeper) look(ctx context.Context, t *kept, anew bool) (current bool, why string, err error) {
	switch {
	case anew:
		return k.overrule(ctx, t, "what it waits on was started again")
	case t.forced:
		return k.overrule(ctx, t, "it is forced to")
	}
	why = "it succeeded in run " + k.resumed
	if t.booked {
		v, err := k.book.Check(ctx, t.Task)
		if err != nil || !v.Current {
			return false, clauses(v.Reasons), err
		}
		why = clauses(v.Reasons)
	}
	switch again := k.again(t); {
	case t.resumed && again == "", t.booked && t.skipIf == nil:
		return true, why, nil
	case t.skipIf == nil:
		return false, again, nil
	}
	current, why, err = k.ask(ctx, t)
	if err != nil || current {
		return current, why, err
	}
	return k.overrule(ctx, t, why)
}

// overrule has a task run whatever its record says.
func (k *keeper) overrule(ctx context.Context, t *kept, why string) (current bool, _ string, err error) {
	if t.booked {
		task := t.Task
		task.Because = why
		_, err = k.book.Check(ctx, task)
	}
	return false, why, err
}

// ask runs skip_if.
func (k *keeper) ask(ctx context.Context, t *kept) (current bool, why string, err error) {
	target := probe.Target{Dir: t.Dir, Env: k.environment(t.index)}
	if err := probe.Ask(ctx, t.skipIf, target); err != nil {
		return false, "skip_if: " + err.Error(), ctx.Err()
	}
	return true, "skip_if says so", nil
}

// again says, of a task that is resumed, what before it was done anew; "" if
// nothing was.
func (k *keeper) again(t *kept) string {
	if !t.resumed {
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
		k.warn(fmt.Sprintf("%s: an output was changed by somebody else and is kept: %s", name, moved))
	}
	return err
}

// Record answers engine.Record.
func (k *keeper) Record(ctx context.Context, id engine.ID) engine.Event {
	t := k.tasks[id.Process]
	if !t.booked {
		return engine.Recorded{ID: id}
	}
	warnings, err := k.book.Commit(ctx, t.Name)
	for _, w := range warnings {
		k.warn(t.Name + ": " + w)
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
