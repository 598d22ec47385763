package graph

// Part is the graph of some processes and all they need. Processes, points and
// levels are as they were; heights and the critical path are the part's own.
func (g *Graph) Part(of []int) *Graph {
	in := g.Closure(of)
	var processes []Process
	used := make([]bool, len(g.points))
	for i, p := range g.processes {
		if !in[i] {
			continue
		}
		processes = append(processes, p)
		for _, point := range g.promises[i] {
			used[point] = true
		}
		for _, anyOf := range g.gates[i] {
			for _, w := range anyOf {
				used[w.Point] = true
			}
		}
	}
	var watchpoints []Watchpoint
	for i, p := range g.points {
		if used[i] {
			watchpoints = append(watchpoints, p.Watchpoint)
		}
	}
	part, _ := Build(processes, watchpoints) // a part of what is correct is correct
	return part
}
