package engine

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQueueGivesTheMostUrgentFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := queue{before: func(a, b int) bool { return a < b }}
		var in []int
		for _, n := range rapid.SliceOf(rapid.IntRange(-1, 50)).Draw(t, "pushes, and pops as -1") {
			switch {
			case n >= 0:
				q.push(n)
				in = append(in, n)
				slices.Sort(in)
			case len(in) > 0:
				q.pop()
				in = in[1:]
			}
			if len(q.items) != len(in) || len(in) > 0 && q.items[0] != in[0] {
				t.Fatalf("the queue is %v, want %v", q.items, in)
			}
		}
	})
}
