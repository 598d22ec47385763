package watchpoint

import (
	"math/rand/v2"
	"time"
)

const (
	shortest = 100 * time.Millisecond
	// restFactor keeps the scans of a base to a twentieth of a core.
	restFactor = 20
	// longestRest bounds the rest after a scan that hung.
	longestRest = 10 * time.Second
)

// pace says when a base is to be listed again.
type pace struct {
	// vary turns an interval into the time until the next scan.
	vary     func(time.Duration) time.Duration
	interval time.Duration
	// earliest is the end of the rest that the last scan's cost demands.
	earliest time.Time
	due      time.Time
}

// scanned plans the next scan after one that lasted from began to ended; ceiling
// is the longest interval.
func (p *pace) scanned(began, ended time.Time, changed bool, ceiling time.Duration) {
	if changed || p.interval == 0 {
		p.interval = shortest
	} else {
		p.interval = min(p.interval*3/2, ceiling)
	}
	p.earliest = ended.Add(min(ended.Sub(began)*restFactor, longestRest))
	p.due = later(p.earliest, ended.Add(p.vary(p.interval)))
}

// hurry makes the scan due as soon as it may be.
func (p *pace) hurry() {
	p.due = p.earliest
}

// hasten makes the scan due within the shortest interval.
func (p *pace) hasten(now time.Time) {
	if soon := later(p.earliest, now.Add(shortest)); soon.Before(p.due) {
		p.due = soon
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// jittered is d, give or take a fifth, so that many bases and many runs do not
// scan in step.
func jittered(d time.Duration) time.Duration {
	return d*4/5 + rand.N(d*2/5)
}
