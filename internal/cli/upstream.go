package cli

import (
	"slices"

	"wprun/internal/config"
	"wprun/internal/graph"
)

// upstreams finds the nearest tasks with outputs without whose success a process
// does not start: those that it waits on, and those behind services and tasks
// without outputs that it waits on. What others make may come while it runs, or
// after it.
type upstreams struct {
	cfg *config.Config
	// behind has what is before processes without outputs.
	behind map[int][]string
}

// of returns names in their order.
func (u *upstreams) of(i int) []string {
	var names []string
	for _, anyOf := range u.cfg.Graph.Gate(i) {
		if len(anyOf) > 1 {
			continue
		}
		n := earnedBy(u.cfg.Graph, anyOf[0])
		switch {
		case n < 0:
		case len(u.cfg.Processes[n].Outputs) > 0:
			names = append(names, u.cfg.Processes[n].Name)
		default:
			names = join(names, u.through(n))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// join shares a list that is joined with nothing: a thousand tasks may wait on one
// behind a thousand others.
func join(names, more []string) []string {
	if len(names) == 0 {
		return slices.Clip(more)
	}
	return slices.Concat(names, more)
}

func (u *upstreams) through(n int) []string {
	names, known := u.behind[n]
	if !known {
		names = u.of(n)
		u.behind[n] = names
	}
	return names
}

// earnedBy is the process by whose success, or readiness, alone something comes, -1
// if there is none.
func earnedBy(g *graph.Graph, w graph.Wait) int {
	p := g.Points()[w.Point]
	if w.Failed || p.External || len(p.Signallers) != 1 {
		return -1
	}
	n := p.Signallers[0]
	if slices.Contains(g.Processes()[n].Signals, graph.Signal{Key: p.Key, When: graph.Earned}) {
		return n
	}
	return -1
}
