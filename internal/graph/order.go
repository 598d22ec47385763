package graph

import (
	"fmt"
	"slices"
	"strings"
)

// order computes levels and heights, or reports the circles that forbid them.
//
// It removes processes whose needs are all removed, again and again (Kahn's
// algorithm). Points count as nodes of their own, so that many signallers and
// many waiters of one point cost their sum and not their product.
func (b *builder) order() {
	g := b.g
	g.levels = make([]int, len(g.processes))
	open := make([]int, len(g.points)) // signallers not yet ordered
	for i, p := range g.points {
		open[i] = len(p.Signallers)
	}
	missing, order := b.roots(open)
	for i := 0; i < len(order); i++ {
		for _, point := range g.promises[order[i]] {
			if open[point]--; open[point] == 0 {
				order = g.release(point, missing, order)
			}
		}
	}
	if len(order) < len(g.processes) {
		b.circles(order)
		return
	}
	g.measure(order)
	g.sortByLevel()
}

// roots counts for each process the points it still misses, and returns those
// that miss none.
func (b *builder) roots(open []int) (missing, queue []int) {
	missing = make([]int, len(b.g.processes))
	for i, p := range b.g.points {
		if open[i] > 0 {
			for _, w := range p.Waiters {
				missing[w]++
			}
		}
	}
	queue = make([]int, 0, len(missing))
	for i, n := range missing {
		if n == 0 {
			queue = append(queue, i)
		}
	}
	return missing, queue
}

func (g *Graph) release(point int, missing, queue []int) []int {
	level := 0
	for _, s := range g.points[point].Signallers {
		level = max(level, g.levels[s]+1)
	}
	for _, w := range g.points[point].Waiters {
		g.levels[w] = max(g.levels[w], level)
		if missing[w]--; missing[w] == 0 {
			queue = append(queue, w)
		}
	}
	return queue
}

// sortByLevel counts those of each level, which is where the next level begins.
func (g *Graph) sortByLevel() {
	begin := make([]int, len(g.levels)+1)
	for _, level := range g.levels {
		begin[level+1]++
	}
	for i := range len(g.levels) {
		begin[i+1] += begin[i]
	}
	g.byLevel = make([]int, len(g.levels))
	for i, level := range g.levels {
		g.byLevel[begin[level]] = i
		begin[level]++
	}
}

// measure computes heights from the end of the order back to its start. All
// waiters of a point come before its first signaller there.
func (g *Graph) measure(order []int) {
	g.heights = make([]int, len(g.processes))
	above := make([]int, len(g.points))
	for i := range above {
		above[i] = -1
	}
	for _, p := range slices.Backward(order) {
		for _, point := range g.promises[p] {
			if above[point] < 0 {
				above[point] = g.above(point)
			}
			g.heights[p] = max(g.heights[p], above[point])
		}
	}
}

// above is the height of a process that signals only this point.
func (g *Graph) above(point int) int {
	height := 0
	for _, w := range g.points[point].Waiters {
		height = max(height, g.heights[w]+1)
	}
	return height
}

// circles reports each circle once. Every process left over has a need that is
// left over too, so a walk along the needs must come back to where it was.
func (b *builder) circles(ordered []int) {
	done := make([]bool, len(b.g.processes))
	for _, p := range ordered {
		done[p] = true
	}
	left := append([]bool(nil), done...)
	for p := range b.g.processes {
		if circle := b.walk(p, left, done); circle != nil {
			b.problem(b.g.processes[circle[0]].Name, "", "cannot run in a circle: %s", b.describe(circle))
			for _, i := range circle {
				last := &b.problems[len(b.problems)-1]
				last.Circle = append(last.Circle, b.g.processes[i].Name)
			}
		}
	}
}

// walk follows needs from p until it meets itself or what was walked before.
func (b *builder) walk(p int, ordered, done []bool) []int {
	at := map[int]int{}
	var path []int
	for !done[p] {
		done[p] = true
		at[p] = len(path)
		path = append(path, p)
		p = b.g.firstNeed(p, ordered)
	}
	start, ok := at[p]
	if !ok {
		return nil
	}
	return rotate(path[start:])
}

// firstNeed returns a process that p waits on and that has no place in the order.
func (g *Graph) firstNeed(p int, ordered []bool) int {
	for _, anyOf := range g.gates[p] {
		for _, w := range anyOf {
			for _, s := range g.points[w.Point].Signallers {
				if !ordered[s] {
					return s
				}
			}
		}
	}
	return p
}

// rotate makes the process that comes first in the file the first of the circle.
func rotate(circle []int) []int {
	first := 0
	for i, p := range circle {
		if p < circle[first] {
			first = i
		}
	}
	return append(append([]int(nil), circle[first:]...), circle[:first]...)
}

func (b *builder) describe(circle []int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "%q", b.g.processes[circle[0]].Name)
	for i, p := range circle {
		next := circle[(i+1)%len(circle)]
		fmt.Fprintf(&s, " waits on %s", b.g.link(p, next))
	}
	return s.String()
}

// link names what p waits on of q: its name, and the key where that differs.
func (g *Graph) link(p, q int) string {
	name := g.processes[q].Name
	for _, anyOf := range g.gates[p] {
		for _, w := range anyOf {
			key := g.keyOf(w)
			if key != name && slices.Contains(g.points[w.Point].Signallers, q) {
				return fmt.Sprintf("%q (by %q)", name, key)
			}
		}
	}
	return fmt.Sprintf("%q", name)
}

// keyOf is the key as the gate has it.
func (g *Graph) keyOf(w Wait) string {
	if w.Failed {
		return g.points[w.Point].Key + FailedSuffix
	}
	return g.points[w.Point].Key
}
