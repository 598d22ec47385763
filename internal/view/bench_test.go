package view

import (
	"fmt"
	"testing"
	"time"

	"wprun/internal/engine"
)

// BenchmarkFold takes the changes of 100,000 tasks that succeed, each with its
// line, and counts them at the end.
func BenchmarkFold(b *testing.B) {
	const tasks = 100_000
	changes := make([]engine.Changed, 0, 4*tasks)
	for i := range tasks {
		id := engine.ID{Process: fmt.Sprintf("task-%06d", i), Run: 1}
		for _, to := range []engine.State{engine.Starting, engine.Running, engine.Signalling, engine.Succeeded} {
			changes = append(changes, engine.Changed{ID: id, To: to})
		}
	}
	at := time.Date(2026, 11, 22, 9, 15, 30, 0, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		f := NewFold()
		for i, c := range changes {
			f.Take(c, at.Add(time.Duration(i)*time.Millisecond))
			f.Line(c)
		}
		f.Summary()
	}
	perRun := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(perRun*1e9/tasks, "ns/task")
}

// BenchmarkWaiting is the line that repeats who waits, of 100,000.
func BenchmarkWaiting(b *testing.B) {
	waits := make([]engine.Waits, 100_000)
	for i := range waits {
		waits[i] = engine.Waits{Process: fmt.Sprintf("task-%06d", i), For: []string{"dataset"}}
	}
	b.ReportAllocs()
	for b.Loop() {
		Waiting(waits)
	}
}
