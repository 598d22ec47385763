package config

import (
	"maps"
	"slices"

	"wprun/internal/graph"
)

// atWork are the pairs whose reader waits on the maker, but may start before that has
// ended: one of several that it waits on may come first, or a key comes at the start
// of the maker. What a command signals itself is what it is ready with.
func (f *fileOrder) atWork() (all []graph.Pair) {
	byMaker := map[int][]graph.Pair{}
	by := make([]int, len(f.l.processes)) // who waits on each maker alone, at last, plus 1
	for n, p := range f.pairs {
		if n == 0 || p.Later != f.pairs[n-1].Later {
			f.markAlone(by, p.Later)
		}
		if !f.missing[p] && by[p.Earlier] != p.Later+1 {
			byMaker[p.Earlier] = append(byMaker[p.Earlier], p)
		}
	}
	for makers := range slices.Chunk(slices.Sorted(maps.Keys(byMaker)), 64) {
		o := newOver(f.l.config.Graph, makers)
		for _, maker := range makers {
			for _, p := range byMaker[maker] {
				if o.before[p.Later]&o.own[maker] == 0 {
					all = append(all, p)
				}
			}
		}
	}
	return all
}

// markAlone marks the makers that a reader waits on without an alternative. That is
// quick, and enough for most pairs.
func (f *fileOrder) markAlone(by []int, reader int) {
	g := f.l.config.Graph
	for _, anyOf := range g.Gate(reader) {
		point := g.Points()[anyOf[0].Point]
		if len(anyOf) == 1 && !anyOf[0].Failed && !point.External && len(point.Signallers) == 1 {
			if maker := point.Signallers[0]; signalsMade(g, maker, point.Key) {
				by[maker] = reader + 1
			}
		}
	}
}

// signalsMade says that a process signals a key when it has made something.
func signalsMade(g *graph.Graph, i int, key string) bool {
	return slices.ContainsFunc(g.Processes()[i].Signals, func(s graph.Signal) bool { return s.Key == key && s.When != graph.AtStart })
}

// over finds which of up to 64 makers have made all before processes start, with a bit
// for each.
type over struct {
	g           *graph.Graph
	own, before []uint64
}

func newOver(g *graph.Graph, makers []int) over {
	n := len(g.Processes())
	o := over{g: g, own: make([]uint64, n), before: make([]uint64, n)}
	for bit, i := range makers {
		o.own[i] = 1 << bit
	}
	for _, level := range g.Levels() {
		for _, i := range level {
			for _, anyOf := range g.Gate(i) {
				o.before[i] |= o.sides(anyOf)
			}
		}
	}
	return o
}

func (o over) sides(anyOf []graph.Wait) uint64 {
	all := ^uint64(0)
	for _, w := range anyOf {
		all &= o.side(w)
	}
	return all
}

// side is of one watchpoint, which any of its signallers makes, or of its twin, which
// comes when all of them are over. That one of them never started, and what was before
// it may not be over, is left out: the run has failed then.
func (o over) side(w graph.Wait) uint64 {
	point := o.g.Points()[w.Point]
	if point.External || len(point.Signallers) == 0 {
		return 0
	}
	first, ended := ^uint64(0), uint64(0)
	for _, n := range point.Signallers {
		made := o.before[n]
		if signalsMade(o.g, n, point.Key) {
			made |= o.own[n]
		}
		first &= made
		ended |= o.before[n] | o.own[n]
	}
	if w.Failed {
		return ended
	}
	return first
}
