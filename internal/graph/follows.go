package graph

import "slices"

// Pair is two processes by index.
type Pair struct{ Later, Earlier int }

// Unordered returns those pairs whose Later does not wait on Earlier, directly or
// through others, in their order. The moment at which a key comes does not matter.
func (g *Graph) Unordered(pairs []Pair) []Pair {
	byEarlier := map[int][]int{}
	for at, n := range g.indirect(pairs) {
		if n {
			byEarlier[pairs[at].Earlier] = append(byEarlier[pairs[at].Earlier], at)
		}
	}
	var earlier []int
	for i := range byEarlier {
		earlier = append(earlier, i)
	}
	slices.Sort(earlier)
	w := waves{g: g, reached: make([]uint64, len(g.processes)), points: make([]uint64, len(g.points)), levels: g.Levels()}
	var left []int
	for some := range slices.Chunk(earlier, 64) {
		w.from(some)
		for bit, i := range some {
			for _, at := range byEarlier[i] {
				if w.reached[pairs[at].Later]&(1<<bit) == 0 {
					left = append(left, at)
				}
			}
		}
	}
	slices.Sort(left)
	var unordered []Pair
	for _, at := range left {
		unordered = append(unordered, pairs[at])
	}
	return unordered
}

// indirect marks the pairs whose Later does not wait on Earlier directly. Those of
// one Later should stand together, since its gate is looked at once then.
func (g *Graph) indirect(pairs []Pair) []bool {
	marked := make([]bool, len(pairs))
	waited := make([]int, len(g.points)) // by whom at last, plus 1
	for at, p := range pairs {
		if at == 0 || p.Later != pairs[at-1].Later {
			for _, anyOf := range g.gates[p.Later] {
				for _, w := range anyOf {
					waited[w.Point] = p.Later + 1
				}
			}
		}
		marked[at] = !slices.ContainsFunc(g.promises[p.Earlier], func(point int) bool { return waited[point] == p.Later+1 })
	}
	return marked
}

// waves finds what is behind up to 64 processes at once, with a bit for each.
type waves struct {
	g               *Graph
	reached, points []uint64
	levels          [][]int
}

func (w *waves) from(some []int) {
	clear(w.points)
	own := map[int]uint64{}
	for bit, i := range some {
		own[i] = 1 << bit
	}
	for _, level := range w.levels {
		for _, i := range level {
			w.reached[i] = 0
			for _, anyOf := range w.g.gates[i] {
				for _, wait := range anyOf {
					w.reached[i] |= w.points[wait.Point]
				}
			}
			if bits := w.reached[i] | own[i]; bits != 0 {
				for _, point := range w.g.promises[i] {
					w.points[point] |= bits
				}
			}
		}
	}
}
