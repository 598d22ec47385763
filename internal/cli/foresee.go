package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"wprun/internal/record"
)

// outcome is what a run would do with a process.
type outcome int

const (
	isCurrent outcome = iota
	mayRun
	wouldRun
	wouldFail
)

func (o outcome) String() string {
	return [...]string{"is up to date", "may run", "would run", "would fail"}[o]
}

// foresight is an outcome with its reasons, none for what always runs.
type foresight struct {
	outcome outcome
	why     []string
}

// foresee looks ahead at chosen processes, in an order in which a run could. It
// starts nothing and writes nothing.
func (l *ledger) foresee(ctx context.Context, chosen []bool, tell func(i int, f foresight)) {
	all := make([]foresight, len(l.cfg.Processes))
	for _, level := range l.cfg.Graph.Levels() {
		for _, i := range level {
			if chosen[i] {
				all[i] = l.foreseeOne(ctx, i, all)
				tell(i, all[i])
			}
		}
	}
}

// foreseeOne relies on what was foreseen of the levels before. It decides as
// keeper.Check does.
func (l *ledger) foreseeOne(ctx context.Context, i int, before []foresight) foresight {
	t := l.tasks[l.cfg.Processes[i].Name]
	if t == nil {
		return foresight{outcome: wouldRun}
	}
	if t.forced {
		return foresight{wouldRun, []string{"it is forced to"}}
	}
	why := []string{"it succeeded in run " + l.resumed}
	if t.booked {
		v, err := l.book.Explain(ctx, t.Task)
		if err != nil {
			return l.foreseeError(i, err, before)
		}
		if !v.Current {
			return foresight{wouldRun, v.Reasons}
		}
		if first := l.firstToRun(l.makersBefore(i), before); first != "" {
			return foresight{mayRun, []string{first + ", which it waits on, runs before"}}
		}
		why = v.Reasons
	}
	again := ""
	if t.resumed {
		again = l.firstToRun(l.tasksBefore(i), before)
	}
	switch {
	case t.resumed && again == "", t.booked && t.skipIf == nil:
		return foresight{isCurrent, why}
	case t.skipIf != nil:
		return foresight{mayRun, []string{"skip_if decides"}}
	}
	return foresight{mayRun, []string{again + ", which it waits on, runs before"}}
}

// foreseeError is of a task that could not be checked now. An input that is not
// there may be made by any task before it.
func (l *ledger) foreseeError(i int, err error, before []foresight) foresight {
	lack, ok := errors.AsType[*record.NoInputError](err)
	maker := ""
	l.backwards(i, func(n int) bool {
		if p := l.cfg.Processes[n]; maker == "" && !p.Service && before[n].outcome != isCurrent {
			maker = p.Name
		}
		return maker == ""
	})
	if !ok || maker == "" {
		return foresight{wouldFail, []string{err.Error()}}
	}
	return foresight{mayRun, []string{fmt.Sprintf("its input %q is not there yet, and %s runs before", lack.Pattern, maker)}}
}

// firstToRun names the first of some tasks that may run.
func (l *ledger) firstToRun(tasks []int, before []foresight) string {
	for _, n := range tasks {
		if before[n].outcome != isCurrent {
			return l.cfg.Processes[n].Name
		}
	}
	return ""
}

// makersBefore are those of tasksBefore that have outputs.
func (l *ledger) makersBefore(i int) []int {
	return slices.DeleteFunc(l.tasksBefore(i), func(n int) bool { return len(l.cfg.Processes[n].Outputs) == 0 })
}
