package cli

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestCollectorIsLateAndGivesBack(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	c := newCollector()
	late := debug.SetGCPercent(50)
	if late < 1000 {
		t.Errorf("%d percent of a small heap are collected", late)
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
