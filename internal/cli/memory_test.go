package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestCollectorChangesAndGivesBack(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	c := newCollector("no such file")
	if debug.SetGCPercent(50) == 77 {
		t.Error("garbage is collected as it was before")
	}
	for range 3 {
		runtime.GC() // has it adapt, which may come late
	}
	c.stop()
	c.adapt()
	if now := debug.SetGCPercent(77); now != 77 {
		t.Errorf("%d percent, want what was before", now)
	}
}

func TestSmallRunKeepsLessGarbage(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	c := newCollector("no such file")
	defer c.stop()
	large := c.percent
	c.small()
	if now := debug.SetGCPercent(c.percent); now < 100 || now >= large {
		t.Errorf("garbage is collected at %d percent, want less than %d and at least 100", now, large)
	}
}
