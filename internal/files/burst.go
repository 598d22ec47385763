package files

import "time"

const (
	// silence ends a burst, longest limits it.
	silence = 100 * time.Millisecond
	longest = time.Second
)

// burst is a time during which hints come.
type burst struct {
	open        bool
	first, last time.Time
}

// hint begins a burst, or makes it last.
func (b *burst) hint(now time.Time) {
	if !b.open {
		b.open, b.first = true, now
	}
	b.last = now
}

// end is when the burst ends if no more hints come.
func (b *burst) end() time.Time {
	end, limit := b.last.Add(silence), b.first.Add(longest)
	if end.After(limit) {
		return limit
	}
	return end
}

// over says that the burst has lasted as long as it may.
func (b *burst) over(now time.Time) bool { return !now.Before(b.first.Add(longest)) }
