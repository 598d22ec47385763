package proc

import "testing"

// What a command costs in memory is what makes the collector stop others for it.
func TestAllocationsOfACommand(t *testing.T) {
	b := newBench(t)
	spec := b.spec(1, "/bin/true")
	var exits []Exit
	got := testing.AllocsPerRun(50, func() {
		if _, err := b.Set.Start(1, spec); err != nil {
			t.Fatal(err)
		}
		for exits = exits[:0]; len(exits) == 0; {
			exits = b.Wait(true, exits)
			b.Begun()
		}
	})
	// It is 16, and 17 with the race detector; one for each variable would be more.
	if limit := 20.0; got > limit {
		t.Errorf("%.0f allocations for a command, at most %.0f", got, limit)
	}
}
