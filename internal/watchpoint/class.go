package watchpoint

import "time"

// class says what events are worth on a file system. The zero class is one that
// is not known: events are used, and not relied on.
type class struct {
	// local file systems tell of every change.
	local bool
	// remote is the name of a file system that tells of no change made elsewhere.
	remote string
}

// ceiling is the longest interval between two scans; heard says that events of
// the directory can come at all.
func (c class) ceiling(heard bool) time.Duration {
	switch {
	case c.remote != "":
		return 3 * time.Second
	case c.local && heard:
		return 2 * time.Second
	default:
		return time.Second
	}
}
