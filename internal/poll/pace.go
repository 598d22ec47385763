// Package poll decides how often to look at what may change without a word:
// events of a file system are hints, and looking again is what finds the truth.
package poll

import (
	"math/rand/v2"
	"time"
)

const (
	shortest = 100 * time.Millisecond
	// restFactor keeps the looks to a twentieth of a core.
	restFactor = 20
	// longestRest bounds the rest after a look that hung.
	longestRest = 10 * time.Second
)

// Pace says when to look again. Its zero value looks at once.
type Pace struct {
	// Vary turns an interval into the time until the next look; nil gives or takes a fifth.
	Vary     func(time.Duration) time.Duration
	interval time.Duration
	// earliest is the end of the rest that the last look's cost demands.
	earliest time.Time
	due      time.Time
}

// Due is when to look.
func (p *Pace) Due() time.Time { return p.due }

// Looked plans the next look after one that lasted from began to ended and found
// something changed or not; ceiling is the longest interval.
func (p *Pace) Looked(began, ended time.Time, changed bool, ceiling time.Duration) {
	if changed || p.interval == 0 {
		p.interval = shortest
	} else {
		p.interval = min(p.interval*3/2, ceiling)
	}
	vary := p.Vary
	if vary == nil {
		vary = jittered
	}
	p.earliest = ended.Add(min(ended.Sub(began)*restFactor, longestRest))
	p.due = later(p.earliest, ended.Add(vary(p.interval)))
}

// Hurry makes the look due as soon as it may be.
func (p *Pace) Hurry() {
	p.due = p.earliest
}

// Hasten makes the look due within the shortest interval.
func (p *Pace) Hasten(now time.Time) {
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

// jittered is d, give or take a fifth, so that many places and many runs are not
// looked at in step.
func jittered(d time.Duration) time.Duration {
	return d*4/5 + rand.N(d*2/5)
}
