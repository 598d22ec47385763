package main

import (
	"fmt"
	"slices"
	"strings"
)

// node is one task of a workload: its needs are indexes of earlier tasks.
type node struct {
	name  string
	needs []int
}

// workload is a graph of tasks in an order in which they can run. Every tool's
// file is written from the same workload, so all tools run the same graph.
type workload []node

func taskName(i int) string { return fmt.Sprintf("t%05d", i) }

// chain is n tasks, each of which needs the one before.
func chain(n int) workload {
	w := independent(n)
	for i := 1; i < n; i++ {
		w[i].needs = []int{i - 1}
	}
	return w
}

// independent is n tasks that need nothing.
func independent(n int) workload {
	w := make(workload, n)
	for i := range w {
		w[i].name = taskName(i)
	}
	return w
}

// layers is depth layers of width tasks. Each task needs fan tasks of the
// layer before, beginning below its own place; a fan of width is all of them.
func layers(depth, width, fan int) workload {
	w := independent(depth * width)
	for i := width; i < len(w); i++ {
		first := (i/width - 1) * width
		for k := range fan {
			w[i].needs = append(w[i].needs, first+(i+k)%width)
		}
		slices.Sort(w[i].needs)
	}
	return w
}

func anything(workload) bool { return true }

// isIndependent says whether no task needs another.
func isIndependent(w workload) bool {
	return !slices.ContainsFunc(w, func(n node) bool { return len(n.needs) > 0 })
}

// isChain says whether only one order is possible.
func isChain(w workload) bool {
	for i, n := range w {
		if i > 0 && !slices.Contains(n.needs, i-1) {
			return false
		}
	}
	return true
}

// needNames lists the names of what task i needs.
func (w workload) needNames(i int) []string {
	names := make([]string, len(w[i].needs))
	for k, need := range w[i].needs {
		names[k] = w[need].name
	}
	return names
}

// ends lists the names of the tasks that no other task needs.
func (w workload) ends() []string {
	needed := make([]bool, len(w))
	for _, n := range w {
		for _, need := range n.needs {
			needed[need] = true
		}
	}
	var names []string
	for i, n := range w {
		if !needed[i] {
			names = append(names, n.name)
		}
	}
	return names
}

// checkOrder says whether a tally of finished tasks, one name a line, holds
// every task once and none before one of its needs.
func (w workload) checkOrder(tally string) error {
	place := make(map[string]int, len(w))
	for i, name := range strings.Fields(tally) {
		if _, twice := place[name]; twice {
			return fmt.Errorf("cannot trust the run: %q ran twice", name)
		}
		place[name] = i
	}
	if len(place) != len(w) {
		return fmt.Errorf("cannot trust the run: %d of %d tasks ran", len(place), len(w))
	}
	for i, n := range w {
		at, ran := place[n.name]
		if !ran {
			return fmt.Errorf("cannot trust the run: %q did not run", n.name)
		}
		for _, need := range w.needNames(i) {
			if place[need] > at {
				return fmt.Errorf("cannot trust the run: %q ran before %q, which it needs", n.name, need)
			}
		}
	}
	return nil
}
