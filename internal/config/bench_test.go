package config

import (
	"runtime"
	"testing"
)

func BenchmarkLoad(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"10,000 tasks", manyTasks(10_000, 1)},
		{"100,000 tasks, 1,000,000 waits", manyTasks(100_000, 10)},
		{"10,000 instances", manyInstances(100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			write(b, c.text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Load(FileName); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// loadAllocations are those that it takes to load a text.
func loadAllocations(t *testing.T, text string) (count, bytes int) {
	write(t, text)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Load(FileName); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	return int(after.Mallocs - before.Mallocs), int(after.TotalAlloc - before.TotalAlloc)
}

// TestOneMoreWaitCosts: next to nothing but what the TOML library takes to read it,
// which is 2 allocations.
func TestOneMoreWaitCosts(t *testing.T) {
	const tasks, more, mostCount, mostBytes = 2000, 20, 4, 300
	fewCount, fewBytes := loadAllocations(t, manyTasks(tasks, 1))
	manyCount, manyBytes := loadAllocations(t, manyTasks(tasks, 1+more))
	count, bytes := float64(manyCount-fewCount)/(tasks*more), float64(manyBytes-fewBytes)/(tasks*more)
	if count > mostCount || bytes > mostBytes {
		t.Errorf("one more wait costs %.1f allocations and %.0f bytes, want at most %d and %d", count, bytes, mostCount, mostBytes)
	}
	t.Logf("one more wait costs %.1f allocations and %.0f bytes", count, bytes)
}
