package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// drawGraph draws processes of which each waits on keys that "may" allows.
func drawGraph(t *rapid.T, may func(waiter, signaller int) bool) []Process {
	n := rapid.IntRange(0, 12).Draw(t, "processes")
	ps := make([]Process, n)
	for i := range ps {
		ps[i].Name = fmt.Sprintf("p%d", i)
		if rapid.Bool().Draw(t, "another key") {
			ps[i].Signals = []Signal{{Key: ps[i].Name + "-extra"}}
		}
	}
	for i := range ps {
		var known []string
		for j, p := range ps {
			if may(i, j) {
				known = append(known, p.Name, p.Name+FailedSuffix)
				for _, s := range p.Signals {
					known = append(known, s.Key)
				}
			}
		}
		if len(known) > 0 {
			anyOf := rapid.SliceOfN(rapid.SampledFrom(known), 1, 3)
			ps[i].WaitsOn = rapid.SliceOfN(anyOf, 0, 3).Draw(t, "gate")
		}
	}
	return ps
}

// A process stands right above the highest of what it needs, and has right below
// it the highest of what needs it.
func TestRandomLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// An order of its own keeps file order and levels apart.
		rank := rapid.Permutation([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}).Draw(t, "order")
		ps := drawGraph(t, func(waiter, signaller int) bool { return rank[signaller] < rank[waiter] })
		g, problems := Build(ps, nil)
		if len(problems) > 0 {
			t.Fatalf("cannot build: %v", problems)
		}
		for i := range ps {
			if want := above(g.Needs(i), g.Level); g.Level(i) != want {
				t.Errorf("%s: level %d, want %d", ps[i].Name, g.Level(i), want)
			}
			if want := above(g.Dependants(i), g.Height); g.Height(i) != want {
				t.Errorf("%s: height %d, want %d", ps[i].Name, g.Height(i), want)
			}
			for _, need := range g.Needs(i) {
				if !slices.Contains(g.Dependants(need), i) {
					t.Errorf("%s needs %s, which does not know it", ps[i].Name, ps[need].Name)
				}
			}
		}
		checkPath(t, g)
		checkClosures(t, g)
	})
}

func above(of []int, measure func(int) int) int {
	highest := 0
	for _, i := range of {
		highest = max(highest, measure(i)+1)
	}
	return highest
}

// checkPath checks that the critical path is one, and that there is no longer one.
func checkPath(t *rapid.T, g *Graph) {
	path := g.CriticalPath()
	for n, p := range path {
		if g.Level(p) != n || (n > 0 && !slices.Contains(g.Needs(p), path[n-1])) {
			t.Errorf("%v is no way through the graph", g.names(path))
		}
	}
	if len(path) != len(g.Levels()) {
		t.Errorf("a path of %d in a graph of %d levels", len(path), len(g.Levels()))
	}
}

// checkClosures checks what follows from needs and dependants taken one by one.
func checkClosures(t *rapid.T, g *Graph) {
	for i, p := range g.Processes() {
		want := make([]bool, len(g.Processes()))
		want[i] = true
		for _, need := range g.Needs(i) {
			for n, in := range g.Closure([]int{need}) {
				want[n] = want[n] || in
			}
		}
		if got := g.Closure([]int{i}); !slices.Equal(got, want) {
			t.Errorf("%s needs %v in the end, want %v", p.Name, got, want)
		}
		if sink := slices.Contains(g.Sinks(), i); sink != (len(g.Dependants(i)) == 0) {
			t.Errorf("%s is an end: %t, and has dependants %v", p.Name, sink, g.names(g.Dependants(i)))
		}
	}
}

// A circle is reported exactly where there is one, and what is reported is one.
func TestRandomCircles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := drawGraph(t, func(int, int) bool { return rapid.IntRange(0, 3).Draw(t, "may") == 0 })
		waits := waitsOf(ps)
		_, problems := Build(ps, nil)
		if circular := isCircular(waits); circular != (len(problems) > 0) {
			t.Fatalf("circular %t, reported %v", circular, problems)
		}
		seen := map[string]bool{}
		for _, p := range problems {
			circle := circleIn(p.Text)
			if circle[0] != p.Process || circle[0] != circle[len(circle)-1] {
				t.Errorf("%q of %q is not closed", p.Text, p.Process)
			}
			for n, name := range circle[1:] {
				if !waits[circle[n]][name] {
					t.Errorf("%q: %q does not wait on %q", p.Text, circle[n], name)
				}
				if seen[name] {
					t.Errorf("%q: %q is named twice", p.Text, name)
				}
				seen[name] = true
			}
		}
	})
}

// waitsOf says who waits on whom, from the declarations alone.
func waitsOf(ps []Process) map[string]map[string]bool {
	waits := map[string]map[string]bool{}
	for _, p := range ps {
		waits[p.Name] = map[string]bool{}
		for _, key := range slices.Concat(p.WaitsOn...) {
			name, _, _ := strings.Cut(strings.TrimSuffix(key, FailedSuffix), "-")
			waits[p.Name][name] = true
		}
	}
	return waits
}

// isCircular closes the relation and looks whether somebody waits on itself.
func isCircular(waits map[string]map[string]bool) bool {
	reach := map[[2]string]bool{}
	for a := range waits {
		for b := range waits[a] {
			reach[[2]string{a, b}] = true
		}
	}
	for via := range waits {
		for a := range waits {
			for b := range waits {
				if reach[[2]string{a, via}] && reach[[2]string{via, b}] {
					reach[[2]string{a, b}] = true
				}
			}
		}
	}
	for a := range waits {
		if reach[[2]string{a, a}] {
			return true
		}
	}
	return false
}

// circleIn reads the names from the text of a problem.
func circleIn(text string) []string {
	var names []string
	_, way, _ := strings.Cut(text, ": ")
	for _, link := range strings.Split(way, " waits on ") {
		name, _, _ := strings.Cut(link, " (by ")
		names = append(names, strings.Trim(name, `"`))
	}
	return names
}

// The same declarations make the same graph.
func TestRandomGraphsAreTheSameAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := drawGraph(t, func(waiter, signaller int) bool { return signaller < waiter })
		one, _ := Build(ps, nil)
		two, _ := Build(ps, nil)
		if dump(one)+one.Text() != dump(two)+two.Text() {
			t.Errorf("one:\n%s\ntwo:\n%s", dump(one), dump(two))
		}
	})
}
