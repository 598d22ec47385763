package cli

import (
	"context"
	"fmt"

	"wprun/internal/config"
	"wprun/internal/record"
)

// foresight is what a run would do with a process.
type foresight struct {
	// runs says that it would run, or might; certain that nothing else decides.
	runs, certain bool
	// why has the reasons, none where nothing can be up to date.
	why []string
}

// String is a clause.
func (f foresight) String() string {
	switch {
	case !f.runs:
		return "up to date: " + clauses(f.why)
	case !f.certain:
		return "may run: " + clauses(f.why)
	case len(f.why) == 0:
		return "runs"
	}
	return "runs: " + clauses(f.why)
}

// foresee looks ahead at chosen processes, in an order in which a run could. It
// starts nothing and writes nothing.
func (l *ledger) foresee(ctx context.Context, chosen []bool) ([]foresight, error) {
	all := make([]foresight, len(l.cfg.Processes))
	for _, level := range l.cfg.Graph.Levels() {
		for _, i := range level {
			if !chosen[i] {
				continue
			}
			var err error
			if all[i], err = l.foreseeOne(ctx, i, all); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// foreseeOne relies on what was foreseen of the levels before.
func (l *ledger) foreseeOne(ctx context.Context, i int, before []foresight) (foresight, error) {
	t := l.tasks[l.cfg.Processes[i].Name]
	if t == nil {
		return foresight{runs: true, certain: true}, nil
	}
	if t.forced {
		return foresight{true, true, []string{"it is forced to"}}, nil
	}
	var v record.Verdict
	if t.booked {
		var err error
		if v, err = l.book.Explain(ctx, t.Task); err != nil {
			return foresight{}, fmt.Errorf("%s: %w", t.Name, err)
		}
		if !v.Current {
			return foresight{true, true, v.Reasons}, nil
		}
	}
	if first := firstToRun(l.cfg, i, before, t.booked); first != "" {
		return foresight{true, false, []string{first + ", which it waits on, runs before"}}, nil
	}
	switch {
	case t.skipIf != nil:
		return foresight{true, false, []string{"skip_if decides"}}, nil
	case t.booked:
		return foresight{why: v.Reasons}, nil
	}
	return foresight{why: []string{"it succeeded in run " + l.resumed}}, nil
}

// firstToRun names a task that process i waits on and that runs before it, of
// those with outputs or of all.
func firstToRun(cfg *config.Config, i int, before []foresight, withOutputs bool) string {
	for _, n := range cfg.Graph.Needs(i) {
		need := cfg.Processes[n]
		if !need.Service && before[n].runs && (!withOutputs || len(need.Outputs) > 0) {
			return need.Name
		}
	}
	return ""
}
