// Package view turns what the engine reports into what people look at.
package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"wprun/internal/engine"
)

// Fold keeps what is known of a run from the changes it was told of.
type Fold struct {
	known  map[string]*story
	order  []string
	failed []string // in the order of their failures
}

// story is what is known of a process.
type story struct {
	end     End
	began   bool
	started time.Time
	// retried says that it is a task that is tried again after a failure.
	retried bool
}

// End is how a process ended, or the state that it is in as yet.
type End struct {
	State engine.State
	Code  int
	Why   string
	Took  time.Duration
	// Excused says that the run does not fail of it.
	Excused bool
}

// NewFold makes an empty fold.
func NewFold() *Fold { return &Fold{known: map[string]*story{}} }

// Take adds a change that happened at a time.
func (f *Fold) Take(c engine.Changed, at time.Time) {
	k := f.of(c.ID.Process)
	if c.To == engine.Starting {
		k.began, k.started = true, at
	}
	if c.To == engine.BackingOff || c.To.Final() {
		k.retried = c.To == engine.BackingOff
	}
	k.end = End{State: c.To, Code: c.Code, Why: c.Why, Excused: c.Excused}
	if k.began {
		k.end.Took = at.Sub(k.started)
	}
	if c.To == engine.Failed && !c.Excused {
		f.failed = append(f.failed, c.ID.Process)
	}
}

func (f *Fold) of(name string) *story {
	k := f.known[name]
	if k == nil {
		k = &story{}
		f.known[name] = k
		f.order = append(f.order, name)
	}
	return k
}

// Of returns what is known of a process.
func (f *Fold) Of(name string) (end End, ok bool) {
	if k := f.known[name]; k != nil {
		return k.end, true
	}
	return end, false
}

// Line tells of the change that Take was told of last for this process, or is
// "" where it is not worth a line.
func (f *Fold) Line(c engine.Changed) string {
	name, k := c.ID.Process, f.of(c.ID.Process)
	switch c.To {
	case engine.Waiting:
		if c.From == engine.Checking && c.Why != "" && !k.retried {
			return fmt.Sprintf("%s has to run: %s", name, c.Why)
		}
	case engine.Running:
		if c.From == engine.IsReady {
			return fmt.Sprintf("%s is not ready any more: %s", name, c.Why)
		}
	case engine.BackingOff:
		if c.Why != "" {
			return fmt.Sprintf("%s has ended: %s", name, c.Why)
		}
	case engine.IsReady:
		return fmt.Sprintf("%s is ready after %s", name, Duration(k.end.Took))
	case engine.Succeeded:
		return fmt.Sprintf("%s succeeded after %s", name, Duration(k.end.Took))
	case engine.UpToDate:
		return strings.TrimSuffix(fmt.Sprintf("%s is up to date: %s", name, c.Why), ": ")
	case engine.Failed:
		return k.failure(c)
	case engine.Blocked:
		return fmt.Sprintf("%s is blocked: %s", name, c.Why)
	case engine.Skipped:
		return fmt.Sprintf("%s is skipped: %s", name, c.Why)
	case engine.Stopping:
		return strings.TrimSuffix(fmt.Sprintf("%s is being stopped: %s", name, c.Why), ": ")
	case engine.Stopped:
		return strings.TrimSuffix(fmt.Sprintf("%s is stopped: %s", name, c.Why), ": ")
	}
	return ""
}

func (k *story) failure(c engine.Changed) string {
	line := c.ID.Process + " failed"
	if k.began {
		line += " after " + Duration(k.end.Took)
	}
	line += ": " + c.Why
	if c.Excused {
		line += "; that is allowed"
	}
	return line
}

// Summary counts how the processes ended.
func (f *Fold) Summary() string {
	count := map[string]int{}
	for _, name := range f.order {
		count[howEnded(f.known[name].end)]++
	}
	var parts []string
	for _, how := range []string{
		string(engine.Succeeded), upToDate, string(engine.Failed), failedAllowed,
		string(engine.Blocked), string(engine.Skipped), string(engine.Stopped),
	} {
		if count[how] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[how], how))
		}
	}
	if len(parts) == 0 {
		return "nothing was run"
	}
	return strings.Join(parts, ", ")
}

const (
	upToDate      = "up to date"
	failedAllowed = "failed, which is allowed"
)

func howEnded(end End) string {
	switch {
	case end.State == engine.UpToDate:
		return upToDate
	case end.State == engine.Failed && end.Excused:
		return failedAllowed
	}
	return string(end.State)
}

// FirstFailure names the process that failed first, of those that the run fails
// of.
func (f *Fold) FirstFailure() (name string, end End, ok bool) {
	if len(f.failed) == 0 {
		return "", End{}, false
	}
	name = f.failed[0]
	return name, f.known[name].end, true
}

// mostFailures is how many of those that failed after the first are called by name.
const mostFailures = 10

// LaterFailures names, in one line, up to mostFailures of what failed after the first
// failure; what may fail does not count. It is "" where nothing did.
func (f *Fold) LaterFailures() string {
	if len(f.failed) < 2 {
		return ""
	}
	later := f.failed[1:]
	some := slices.Clone(later[:min(len(later), mostFailures)])
	return "also failed: " + joinSome(some, len(later), ", ")
}

// Duration rounds to what a person reads: three digits or so.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}

// Leaving is a process that was asked to end and has not.
type Leaving struct {
	Process string
	Pid     int
	For     time.Duration
}

// StillThere tells, in one line, who has not ended; at most three processes by
// name.
func StillThere(list []Leaving) string {
	var parts []string
	for _, l := range list[:min(len(list), mostNames)] {
		parts = append(parts, fmt.Sprintf("%s (pid %d, %d s)", l.Process, l.Pid, int(l.For.Seconds())))
	}
	return joinSome(parts, len(list), ", ")
}

// mostNames is how many processes a line that repeats calls by name.
const mostNames = 3

func joinSome(parts []string, all int, between string) string {
	if all > len(parts) {
		parts = append(parts, fmt.Sprintf("and %d more", all-len(parts)))
	}
	return strings.Join(parts, between)
}

// Waiting tells, in one line, who waits for what; at most three processes by
// name.
func Waiting(waits []engine.Waits) string {
	var parts []string
	for _, w := range waits[:min(len(waits), mostNames)] {
		what := "waits on " + strings.Join(w.For, " and ")
		if len(w.For) == 0 {
			what = "is being checked, as it may be up to date"
		}
		parts = append(parts, w.Process+" "+what)
	}
	return joinSome(parts, len(waits), "; ")
}
