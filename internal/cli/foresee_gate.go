package cli

import (
	"fmt"

	"wprun/internal/graph"
)

// foreseenGate is what a run would make of a gate.
type foreseenGate struct {
	// shut says why it never opens; only what would have to happen for it to open.
	// Both are "" if it opens when all goes well.
	shut, only string
	// blocked says that it never opens as something fails.
	blocked bool
}

func (g foreseenGate) betterThan(other foreseenGate) bool {
	return g.shut == "" && (other.shut != "" || g.only == "" && other.only != "")
}

// foreseeGate relies on what was foreseen of the levels before.
func (l *ledger) foreseeGate(i int, before []foresight) (all foreseenGate) {
	for _, anyOf := range l.cfg.Graph.Gate(i) {
		element := l.foreseeSides(anyOf, before)
		if all.shut == "" {
			all.shut = element.shut
		}
		all.blocked = all.blocked || element.blocked
		if all.only == "" {
			all.only = element.only
		}
	}
	return all
}

// foreseeSides is as good as the best side of an element.
func (l *ledger) foreseeSides(anyOf []graph.Wait, before []foresight) (best foreseenGate) {
	for n, side := range anyOf {
		f := l.foreseeEarned(side, before)
		if side.Failed {
			f = l.foreseeFailed(side, before)
		}
		if n == 0 || f.betterThan(best) {
			best = f
		}
	}
	return best
}

// foreseeEarned is of a watchpoint.
func (l *ledger) foreseeEarned(w graph.Wait, before []foresight) foreseenGate {
	point := l.cfg.Graph.Points()[w.Point]
	if point.External {
		return foreseenGate{}
	}
	only, blocked := "", false
	for _, n := range point.Signallers {
		switch f := before[n]; {
		case f.outcome == wouldSkip:
		case f.fails():
			blocked = true
		case f.only == "":
			return foreseenGate{}
		default:
			only = f.only
		}
	}
	if only != "" {
		return foreseenGate{only: only}
	}
	return foreseenGate{shut: willNotHappen(point.Key), blocked: blocked}
}

// foreseeFailed is of a twin. What does not start if all goes well does not earn the
// watchpoint, either.
func (l *ledger) foreseeFailed(w graph.Wait, before []foresight) foreseenGate {
	point := l.cfg.Graph.Points()[w.Point]
	twin := foreseenGate{}
	for _, n := range point.Signallers {
		switch f := before[n]; {
		case f.outcome == wouldSkip, f.fails(), f.only != "":
		case f.outcome == isCurrent:
			return foreseenGate{shut: willNotHappen(point.Key + graph.FailedSuffix)}
		default:
			twin.only = fmt.Sprintf("only if nobody signals %q", point.Key)
		}
		if twin.only != "" && len(point.Signallers) == 1 {
			twin.only = fmt.Sprintf("only if %s fails", l.cfg.Processes[n].Name)
		}
	}
	return twin
}

func willNotHappen(key string) string { return fmt.Sprintf("waits on %q, which will not happen", key) }
