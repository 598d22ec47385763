package cli

import (
	"time"

	"wprun/internal/engine"
)

// entry is one line of events.jsonl.
type entry struct {
	Time    time.Time    `json:"time"`
	Event   string       `json:"event"`
	Process string       `json:"process,omitempty"`
	Run     int          `json:"run,omitempty"`
	State   engine.State `json:"state,omitempty"`
	Pid     int          `json:"pid,omitempty"`
	Code    *int         `json:"code,omitempty"`
	Why     string       `json:"why,omitempty"`
	// Allowed says of what failed, or is blocked, that the run does not fail of it.
	Allowed bool     `json:"allowed,omitempty"`
	Keys    []string `json:"keys,omitempty"`
	Path    string   `json:"path,omitempty"`
}

// entryOf returns the entry of an event that does not show in the actions it
// leads to.
func entryOf(ev engine.Event) (entry, bool) {
	switch ev := ev.(type) {
	case engine.Seen:
		return entry{Event: "seen", Keys: []string{ev.Key}}, true
	case engine.Gone:
		return entry{Event: "gone", Keys: []string{ev.Key}}, true
	case engine.Signalled:
		return of(ev.ID, entry{Event: "signalled", Keys: ev.Keys}), true
	case engine.SignalFailed:
		return of(ev.ID, entry{Event: "not-signalled", Keys: []string{ev.Key}, Why: ev.Why}), true
	case engine.Busy:
		return of(ev.ID, entry{Event: "busy", Why: ev.Why}), true
	case engine.Current:
		return of(ev.ID, entry{Event: "current", Why: ev.Why}), true
	case engine.Stale:
		return of(ev.ID, entry{Event: "stale", Why: ev.Why}), true
	case engine.Unready:
		return of(ev.ID, entry{Event: "unready", Why: ev.Why}), true
	case engine.Unwell:
		return of(ev.ID, entry{Event: "unwell", Why: ev.Why}), true
	case engine.Touched:
		return entry{Event: "touched", Process: ev.Process, Path: ev.Path}, true
	case engine.Stop, engine.TimeIsUp:
		return entry{Event: ev.String()}, true
	}
	return entry{}, false
}

func of(id engine.ID, r entry) entry {
	r.Process, r.Run = id.Process, id.Run
	return r
}
