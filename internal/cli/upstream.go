package cli

import (
	"slices"

	"wprun/internal/config"
	"wprun/internal/graph"
)

// upstream names the nearest tasks with outputs without whose success process i
// does not start: those that it waits on, and those behind services and tasks
// without outputs that it waits on. What others make may come while it runs, or
// after it.
func upstream(cfg *config.Config, i int) []string {
	var names []string
	seen := map[int]bool{}
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		for _, anyOf := range cfg.Graph.Gate(queue[0]) {
			if len(anyOf) > 1 {
				continue
			}
			n := earnedBy(cfg.Graph, anyOf[0])
			if n < 0 || seen[n] {
				continue
			}
			seen[n] = true
			if len(cfg.Processes[n].Outputs) > 0 {
				names = append(names, cfg.Processes[n].Name)
			} else {
				queue = append(queue, n)
			}
		}
	}
	slices.Sort(names)
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
