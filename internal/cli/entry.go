package cli

import (
	"bytes"
	"encoding/json"
	"strconv"
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

// AppendJSON appends what encoding/json makes of the entry, in a fraction of its
// time: what has ended is written down before the next command starts.
func (r entry) AppendJSON(b []byte) []byte {
	b = append(b, `{"time":"`...)
	b = append(r.Time.AppendFormat(b, time.RFC3339Nano), '"')
	b = appendText(b, "event", r.Event)
	b = appendWord(b, "process", r.Process)
	b = appendNumber(b, "run", r.Run)
	b = appendWord(b, "state", string(r.State))
	b = appendNumber(b, "pid", r.Pid)
	if r.Code != nil {
		b = strconv.AppendInt(appendName(b, "code"), int64(*r.Code), 10)
	}
	b = appendWord(b, "why", r.Why)
	if r.Allowed {
		b = append(appendName(b, "allowed"), "true"...)
	}
	b = appendList(b, "keys", r.Keys)
	return append(appendWord(b, "path", r.Path), '}')
}

func appendName(b []byte, name string) []byte {
	return append(append(append(b, `,"`...), name...), `":`...)
}

func appendText(b []byte, name, text string) []byte {
	return appendString(appendName(b, name), text)
}

func appendWord(b []byte, name, text string) []byte {
	if text == "" {
		return b
	}
	return appendText(b, name, text)
}

func appendNumber(b []byte, name string, n int) []byte {
	if n == 0 {
		return b
	}
	return strconv.AppendInt(appendName(b, name), int64(n), 10)
}

func appendList(b []byte, name string, list []string) []byte {
	if len(list) == 0 {
		return b
	}
	b = append(appendName(b, name), '[')
	for i, text := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, text)
	}
	return append(b, ']')
}

// appendString leaves all but plain ASCII to encoding/json.
func appendString(b []byte, text string) []byte {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, encodeString(text)...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

func encodeString(text string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(text) // a string can be encoded, whatever is in it
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
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
