package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"wprun/internal/glob"
	"wprun/internal/record"
	"wprun/internal/rundir"
)

// outcome is what a run would do with a process.
type outcome int

const (
	isCurrent outcome = iota
	wouldSkip
	wouldBlock
	mayRun
	wouldRun
	wouldFail
)

func (o outcome) String() string {
	return [...]string{"is up to date", "would be skipped", "would be blocked", "may run", "would run", "would fail"}[o]
}

// foresight is an outcome with its reasons, none for what always runs.
type foresight struct {
	outcome outcome
	why     []string
	// only is what would have to happen for it to start; "" if it does when all goes
	// well.
	only string
	// undeclared is a task before it that may run and does not say what it makes.
	undeclared string
}

// mayRun is false for what a run does not start.
func (f foresight) mayRun() bool { return f.outcome >= mayRun }

// fails says that a process would not succeed.
func (f foresight) fails() bool { return f.outcome == wouldBlock || f.outcome == wouldFail }

// foresee looks ahead at chosen processes, in an order in which a run could. It
// starts nothing and writes nothing.
func (l *ledger) foresee(ctx context.Context, chosen []bool, tell func(i int, f foresight)) {
	all := make([]foresight, len(l.cfg.Processes))
	for _, level := range l.cfg.Graph.Levels() {
		for _, i := range level {
			if chosen[i] {
				all[i] = l.foreseeOne(ctx, i, all)
				all[i].undeclared = l.undeclared(i, all)
				tell(i, all[i])
			}
		}
	}
}

// foreseeOne relies on what was foreseen of the levels before.
func (l *ledger) foreseeOne(ctx context.Context, i int, before []foresight) foresight {
	gate := l.foreseeGate(i, before)
	switch {
	case gate.blocked:
		return foresight{outcome: wouldBlock, why: []string{gate.shut}}
	case gate.shut != "":
		return foresight{outcome: wouldSkip, why: []string{gate.shut}}
	}
	f := l.foreseeStart(ctx, i, before)
	if f.only = gate.only; f.only == "" || f.outcome == isCurrent {
		return f
	}
	f.outcome = mayRun
	if l.tasks[l.cfg.Processes[i].Name] == nil {
		f.why = nil // it would always run
	}
	f.why = append([]string{f.only}, f.why...)
	return f
}

// foreseeStart is of a process whose gate opens. It decides as keeper.Check does.
func (l *ledger) foreseeStart(ctx context.Context, i int, before []foresight) foresight {
	t := l.tasks[l.cfg.Processes[i].Name]
	if t == nil {
		return foresight{outcome: wouldRun, why: l.whyAlways(i)}
	}
	if t.forced {
		return foresight{outcome: wouldRun, why: []string{"it is forced to"}}
	}
	why := []string{"it succeeded in run " + t.resumed}
	if t.booked {
		v, err := l.book.Explain(ctx, t.Task)
		if err != nil {
			return l.foreseeError(i, err, before)
		}
		if !v.Current {
			return l.foreseeStale(i, l.reasons(v), before)
		}
		if first := l.firstToRun(l.makersBefore(i), before); first != "" {
			return foresight{outcome: mayRun, why: []string{runsBefore(first)}}
		}
		if first := l.undeclared(i, before); first != "" && len(t.Inputs) > 0 {
			return foresight{outcome: mayRun, why: []string{runsBefore(first) + " and does not say what it makes"}}
		}
		why = v.Reasons
	}
	again := ""
	if t.resumed != "" {
		again = l.firstToRun(l.tasksBefore(i), before)
	}
	switch {
	case t.resumed != "" && again == "", t.booked && t.skipIf == nil:
		return foresight{outcome: isCurrent, why: why}
	case t.skipIf != nil:
		return foresight{outcome: mayRun, why: []string{"skip_if decides"}}
	}
	return foresight{outcome: mayRun, why: []string{runsBefore(again)}}
}

// reasons tell an attempt of a live run from one that is over.
func (l *ledger) reasons(v record.Verdict) []string {
	if v.Begun == "" || !l.isLive(v.Begun) {
		return v.Reasons
	}
	return append([]string{fmt.Sprintf("its attempt in run %s, which is live, has not succeeded so far", v.Begun)}, v.Reasons[1:]...)
}

// isLive is false for what is no run.
func (l *ledger) isLive(run string) bool {
	live, known := l.live[run]
	if !known {
		dir, err := runIn(l.cfg.Dir, run)
		if err == nil {
			live, err = rundir.StillLive(dir)
		}
		live = live && err == nil
		l.live[run] = live
	}
	return live
}

func runsBefore(task string) string { return task + ", which it waits on, runs before" }

// whyAlways says why a process runs of which there is nothing to compare; a service
// needs no reason.
func (l *ledger) whyAlways(i int) []string {
	switch p := l.cfg.Processes[i]; {
	case p.Service:
		return nil
	case l.resumed != "":
		return []string{l.lacks[p.Name]}
	}
	return []string{"it declares no inputs, outputs or skip_if, so it always does"}
}

// foreseeStale is of a task that would run now. What a task makes that runs before
// may be as it was, then.
func (l *ledger) foreseeStale(i int, reasons []string, before []foresight) foresight {
	var sure, unsure []string
	first := ""
	for _, reason := range reasons {
		maker := l.makerIn(i, reason, before)
		if maker == "" {
			sure = append(sure, reason)
			continue
		}
		unsure = append(unsure, fmt.Sprintf("%s, unless %s makes that as it was", reason, maker))
		first = cmp.Or(first, maker)
	}
	if len(sure) > 0 {
		return foresight{outcome: wouldRun, why: append(sure, unsure...)}
	}
	return foresight{outcome: mayRun, why: append([]string{runsBefore(first)}, reasons...)}
}

// makerIn names a task that may run before process i and make what a reason is
// about.
func (l *ledger) makerIn(i int, reason string, before []foresight) string {
	if path, ok := record.InputIn(reason); ok {
		return l.makerToRun(i, glob.Quote(l.far(path)), before)
	}
	if task, ok := record.UpstreamIn(reason); ok {
		return l.toRun(task, before)
	}
	return ""
}

// foreseeError is of a task that could not be checked now. An input that is not
// there may be made by a task before it: one that says so, or says of nothing what
// it makes.
func (l *ledger) foreseeError(i int, err error, before []foresight) foresight {
	maker := ""
	lack, ok := errors.AsType[*record.NoInputError](err)
	if ok {
		maker = l.makerToRun(i, l.far(lack.Pattern), before)
	}
	if maker == "" {
		return foresight{outcome: wouldFail, why: []string{err.Error()}}
	}
	return foresight{outcome: mayRun, why: []string{fmt.Sprintf("its input %q is not there yet, and %s runs before", lack.Pattern, maker)}}
}

// makerToRun names a task before process i that may run and make what a pattern
// matches: one that says so, or says of nothing what it makes.
func (l *ledger) makerToRun(i int, pattern string, before []foresight) string {
	maker := ""
	l.backwards(i, func(n int) bool {
		if p := l.cfg.Processes[n]; maker == "" && before[n].mayRun() && glob.Meet(p.Outputs, []string{pattern}) {
			maker = p.Name
		}
		return maker == ""
	})
	return cmp.Or(maker, l.undeclared(i, before))
}

// undeclared names a task before process i that may run and does not say what it
// makes.
func (l *ledger) undeclared(i int, before []foresight) string {
	for _, n := range l.cfg.Graph.Needs(i) {
		p, f := l.cfg.Processes[n], before[n]
		switch {
		case f.mayRun() && !p.Service && len(p.Outputs) == 0:
			return p.Name
		case f.undeclared != "":
			return f.undeclared
		}
	}
	return ""
}

// toRun is the name of a task that may run, and "" of any other.
func (l *ledger) toRun(name string, before []foresight) string {
	if i, ok := l.cfg.Graph.Process(name); ok && before[i].mayRun() {
		return name
	}
	return ""
}

// far makes absolute what records have by its path in the project.
func (l *ledger) far(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(l.cfg.Dir, path)
}

// firstToRun names the first of some tasks that may run.
func (l *ledger) firstToRun(tasks []int, before []foresight) string {
	for _, n := range tasks {
		if before[n].mayRun() {
			return l.cfg.Processes[n].Name
		}
	}
	return ""
}

// makersBefore are the nearest tasks with outputs that process i waits on, directly
// or through others.
func (l *ledger) makersBefore(i int) []int {
	var makers []int
	l.backwards(i, func(n int) bool {
		if len(l.cfg.Processes[n].Outputs) == 0 {
			return true
		}
		makers = append(makers, n)
		return false
	})
	return makers
}
