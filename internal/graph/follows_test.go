package graph

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What closures say of each pair, Unordered says of all.
func TestRandomUnordered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ps := drawGraph(t, func(waiter, signaller int) bool { return signaller < waiter })
		g, problems := Build(ps, nil)
		if len(problems) > 0 {
			t.Fatalf("cannot build: %v", problems)
		}
		var pairs, want []Pair
		for later := range ps {
			for earlier := range ps {
				p := Pair{later, earlier}
				pairs = append(pairs, p)
				if later == earlier || !g.Closure([]int{later})[earlier] {
					want = append(want, p)
				}
			}
		}
		if diff := cmp.Diff(want, g.Unordered(pairs)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Who waits on a key waits on all that signal it.
func TestUnorderedBySharedKey(t *testing.T) {
	g := build(t, "task a signals=k\ntask b signals=k\ntask c\ntask d waits=k\ntask e waits=d")
	var pairs []Pair
	for earlier := range 3 {
		pairs = append(pairs, Pair{4, earlier})
	}
	if got, want := g.Unordered(pairs), []Pair{{4, 2}}; !slices.Equal(got, want) {
		t.Errorf("not in order: %v, want %v", got, want)
	}
}

// More processes than a word has bits.
func TestUnorderedOfAChain(t *testing.T) {
	const n = 200
	ps := []Process{{Name: "p0"}}
	for i := 1; i < n; i++ {
		ps = append(ps, Process{Name: fmt.Sprintf("p%d", i), WaitsOn: [][]string{{ps[i-1].Name}}})
	}
	g, _ := Build(ps, nil)
	var pairs []Pair
	for i := range n {
		pairs = append(pairs, Pair{n - 1, i}, Pair{0, i})
	}
	got := g.Unordered(pairs)
	if slices.Contains(got, Pair{n - 1, n - 2}) || slices.Contains(got, Pair{n - 1, 0}) || len(got) != n+1 {
		t.Errorf("%d pairs are not in order: %v", len(got), got)
	}
}
