package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"wprun/internal/config"
	"wprun/internal/glob"
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

// mayMake says that a file that one pattern matches may be among those of others;
// where both have wildcards that is not looked into. A directory stands for all
// that is in it.
func mayMake(outputs []string, pattern string) bool {
	wanted, err := glob.Parse(pattern)
	if err != nil {
		return false // such a pattern has been refused
	}
	for _, output := range outputs {
		made, err := glob.Parse(output)
		if err != nil {
			continue
		}
		for _, m := range made {
			if slices.ContainsFunc(wanted, func(w glob.Glob) bool { return meet(m, w) }) {
				return true
			}
		}
	}
	return false
}

func meet(made, wanted glob.Glob) bool {
	m, madeOne := made.Literal()
	w, wantedOne := wanted.Literal()
	switch {
	case madeOne && wantedOne:
		return below(m, w) || below(w, m)
	case madeOne:
		return wanted.Match(m) || below(wanted.Root, m)
	case wantedOne:
		return made.Match(w) || below(made.Root, w)
	}
	return below(made.Root, wanted.Root) || below(wanted.Root, made.Root)
}

// below says that a path is a directory or in it.
func below(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, string(filepath.Separator))+string(filepath.Separator))
}
