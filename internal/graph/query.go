package graph

import "slices"

// Processes returns the processes in file order. The signals of each begin
// with the one of its own name.
func (g *Graph) Processes() []Process { return g.processes }

// Points returns every watchpoint that is declared, signalled or waited on.
func (g *Graph) Points() []Point { return g.points }

// Process returns the index of a name.
func (g *Graph) Process(name string) (int, bool) {
	i, ok := g.byName[name]
	return i, ok
}

// Point returns the index of a key; twins have none of their own.
func (g *Graph) Point(key string) (int, bool) {
	i, ok := g.byKey[key]
	return i, ok
}

// Gate returns what process i waits on: all of, each any of.
func (g *Graph) Gate(i int) [][]Wait { return g.gates[i] }

// Promises returns the points of the signals of process i, in their order.
func (g *Graph) Promises(i int) []int { return g.promises[i] }

// Level is the number of processes on the longest way from a start to i.
func (g *Graph) Level(i int) int { return g.levels[i] }

// Height is the number of processes on the longest way from i to an end.
func (g *Graph) Height(i int) int { return g.heights[i] }

// ByLevel returns the processes by level, in file order within each.
func (g *Graph) ByLevel() []int { return g.byLevel }

// Levels returns the processes of each level, in file order.
func (g *Graph) Levels() [][]int {
	var levels [][]int
	begin := 0
	for n, i := range g.byLevel {
		if g.levels[i] == len(levels) {
			levels = append(levels, nil)
			begin = n
		}
		levels[len(levels)-1] = g.byLevel[begin : n+1 : n+1]
	}
	return levels
}

// Needs returns the processes that i waits on directly, ascending.
func (g *Graph) Needs(i int) []int {
	var needs []int
	for _, anyOf := range g.gates[i] {
		for _, w := range anyOf {
			needs = append(needs, g.points[w.Point].Signallers...)
		}
	}
	slices.Sort(needs)
	return slices.Compact(needs)
}

// Dependants returns the processes that wait directly on a point of i,
// ascending.
func (g *Graph) Dependants(i int) []int {
	var deps []int
	for _, point := range g.promises[i] {
		deps = append(deps, g.points[point].Waiters...)
	}
	slices.Sort(deps)
	return slices.Compact(deps)
}

// Sinks returns the processes that nothing waits on, in file order.
func (g *Graph) Sinks() []int {
	sinks := make([]int, 0, len(g.processes))
	for i := range g.processes {
		awaited := func(point int) bool { return len(g.points[point].Waiters) > 0 }
		if !slices.ContainsFunc(g.promises[i], awaited) {
			sinks = append(sinks, i)
		}
	}
	return sinks
}

// Chosen returns the processes of these names, or the sinks without any name.
// The caller knows that the names exist.
func (g *Graph) Chosen(names []string) []int {
	if len(names) == 0 {
		return g.Sinks()
	}
	var chosen []int
	for _, name := range names {
		chosen = append(chosen, g.byName[name])
	}
	return chosen
}

// Closure marks the given processes and all that they need.
func (g *Graph) Closure(from []int) []bool {
	in := make([]bool, len(g.processes))
	reached := make([]bool, len(g.points))
	todo := slices.Clone(from)
	for len(todo) > 0 {
		p := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if in[p] {
			continue
		}
		in[p] = true
		for _, anyOf := range g.gates[p] {
			for _, w := range anyOf {
				if !reached[w.Point] {
					reached[w.Point] = true
					todo = append(todo, g.points[w.Point].Signallers...)
				}
			}
		}
	}
	return in
}

// CriticalPath returns the longest chain of processes, from its start; of
// chains of equal length the one that comes first in the file.
func (g *Graph) CriticalPath() []int {
	var path []int
	at, height := -1, -1
	for i, h := range g.heights {
		if g.levels[i] == 0 && h > height {
			at, height = i, h
		}
	}
	for at >= 0 {
		path = append(path, at)
		next := -1
		for _, d := range g.Dependants(at) {
			if next < 0 && g.heights[d] == g.heights[at]-1 {
				next = d
			}
		}
		at = next
	}
	return path
}
