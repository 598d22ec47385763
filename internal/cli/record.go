package cli

import (
	"time"

	"wprun/internal/engine"
)

// record is one line of events.jsonl.
type record struct {
	Time    time.Time    `json:"time"`
	Event   string       `json:"event"`
	Process string       `json:"process,omitempty"`
	Run     int          `json:"run,omitempty"`
	State   engine.State `json:"state,omitempty"`
	Pid     int          `json:"pid,omitempty"`
	Code    *int         `json:"code,omitempty"`
	Why     string       `json:"why,omitempty"`
	Keys    []string     `json:"keys,omitempty"`
	Path    string       `json:"path,omitempty"`
}

// recordOf returns the record of an event that does not show in the actions it
// leads to.
func recordOf(ev engine.Event) (record, bool) {
	switch ev := ev.(type) {
	case engine.Seen:
		return record{Event: "seen", Keys: []string{ev.Key}}, true
	case engine.Gone:
		return record{Event: "gone", Keys: []string{ev.Key}}, true
	case engine.Signalled:
		return of(ev.ID, record{Event: "signalled", Keys: ev.Keys}), true
	case engine.SignalFailed:
		return of(ev.ID, record{Event: "not-signalled", Keys: []string{ev.Key}, Why: ev.Why}), true
	case engine.Busy:
		return of(ev.ID, record{Event: "busy", Why: ev.Why}), true
	case engine.Unready:
		return of(ev.ID, record{Event: "unready", Why: ev.Why}), true
	case engine.Unwell:
		return of(ev.ID, record{Event: "unwell", Why: ev.Why}), true
	case engine.Touched:
		return record{Event: "touched", Process: ev.Process, Path: ev.Path}, true
	case engine.Stop, engine.TimeIsUp:
		return record{Event: ev.String()}, true
	}
	return record{}, false
}

func of(id engine.ID, r record) record {
	r.Process, r.Run = id.Process, id.Run
	return r
}
