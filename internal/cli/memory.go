package cli

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	// largeRun is the number of processes from which on a run may have lateHeap.
	largeRun = 2000
	// smallHeap is what the heap of another run may have: what it takes to start a
	// thousand tasks, so that nothing is collected before the first of them runs.
	smallHeap = 16 << 20
	// The heap of a large run may have lateHeap bytes, or perByte for each of its file,
	// and where more is in use, largeGarbage percent of that in garbage.
	lateHeap     = 32 << 20
	perByte      = 16
	largeGarbage = 40
	// leastHeap is what the runtime lets a heap have at 100 percent in any case.
	leastHeap = 4 << 20
)

// collector lets the heap grow before garbage is collected. Nearly all that is made of
// a large file is kept, at least until the file has been checked, and to look through
// it again and again while it grows took a fifth of the time of a run that has nothing
// to do.
type collector struct {
	usual   int // percent
	late    int // bytes, that the heap may have
	garbage int // percent, at least

	mu      sync.Mutex
	off     bool
	percent int // as it is now, or 0
}

// newCollector is for what is made of a file.
func newCollector(file string) *collector {
	c := &collector{usual: debug.SetGCPercent(-1), late: lateHeap, garbage: largeGarbage}
	if info, err := os.Stat(file); err == nil {
		c.late = max(lateHeap, perByte*int(min(info.Size(), lateHeap)))
	}
	c.adapt()
	return c
}

// adapt sets the percentage that leads to the wanted size, now and after each
// collection.
func (c *collector) adapt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.off {
		return
	}
	c.set()
	runtime.AddCleanup(new([4]uint64), (*collector).adapt, c) // after the next one
}

// set is called with mu held.
func (c *collector) set() {
	used := max(c.liveHeap(), leastHeap)
	c.percent = max(c.garbage, 100*c.late/used-100)
	debug.SetGCPercent(c.percent)
}

// small is for a file of few processes.
func (c *collector) small() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late, c.garbage = smallHeap, c.usual
	c.set()
}

func (c *collector) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.off = true
	debug.SetGCPercent(c.usual)
}

// liveHeap is about how many bytes were in use at the end of the last collection: it
// is by them that the next one was set.
func (c *collector) liveHeap() int {
	if c.percent == 0 {
		return 0
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.NextGC / uint64(100+c.percent) * 100)
}
