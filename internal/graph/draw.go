package graph

import (
	"strconv"
	"strings"
)

// A picture shows processes, and arrows from whoever signals to whoever waits.
// A watchpoint is shown by itself only where the arrow cannot stand for it:
// where it is not simply the own name of its one signaller.

// node is a process or a point, by index.
type node struct {
	point bool
	index int
}

// arrow leads to what waits, or from a process to a point that it signals.
type arrow struct {
	from, to node
	// label tells an arrow from the plain one; "" is plain.
	label string
	// failed stands for the twin.
	failed bool
}

// shown says that a point is a node of its own.
func (g *Graph) shown(point int) bool {
	p := g.points[point]
	for _, s := range p.Signallers {
		if g.processes[s].Name != p.Key {
			return true
		}
	}
	return p.External
}

// arrows are in the order of the file; those that leave a process for its
// points come before those that lead to it.
func (g *Graph) arrows() []arrow {
	var all []arrow
	for i, p := range g.processes {
		for n, point := range g.promises[i] {
			if g.shown(point) {
				all = append(all, arrow{from: node{index: i}, to: node{true, point}, label: p.Signals[n].When.label()})
			}
		}
		all = append(all, g.arrowsTo(i)...)
	}
	return all
}

// arrowsTo draws a gate. Arrows of which one is enough have the same label.
func (g *Graph) arrowsTo(process int) []arrow {
	var all []arrow
	choices := 0
	for _, anyOf := range g.gates[process] {
		choice := ""
		if len(anyOf) > 1 {
			choices++
			choice = "any " + strconv.Itoa(choices)
		}
		for _, w := range anyOf {
			all = append(all, arrow{
				from: g.source(w.Point), to: node{index: process},
				label: label(g.points[w.Point].Key, w.Failed, choice), failed: w.Failed,
			})
		}
	}
	return all
}

// source is where the arrows of a point begin.
func (g *Graph) source(point int) node {
	if g.shown(point) {
		return node{true, point}
	}
	return node{index: g.points[point].Signallers[0]}
}

func label(key string, failed bool, choice string) string {
	var parts []string
	if failed {
		parts = append(parts, key+FailedSuffix)
	}
	if choice != "" {
		parts = append(parts, choice)
	}
	return strings.Join(parts, ", ")
}

// label names the moment, "" for the usual one.
func (w When) label() string {
	switch w {
	case AtStart:
		return "at start"
	case Self:
		return "by itself"
	}
	return ""
}
