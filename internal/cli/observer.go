package cli

import (
	"fmt"
	"strings"
	"time"

	"wprun/internal/engine"
	"wprun/internal/output"
	"wprun/internal/rundir"
	"wprun/internal/runner"
	"wprun/internal/view"
)

// observer writes down and shows what happens in a run.
type observer struct {
	hub      *output.Hub
	journal  *rundir.Journal
	fold     *view.Fold
	executor *executor
	// seen is told of each watchpoint that somebody else has made.
	seen func(key string)
	// code is what the run exits with, if the engine would with its argument.
	code func(int) int
	// why tells of an event that asks for the end of the run.
	why     func(engine.Event) string
	stopped bool // such an event has come
	// debug prints every step in the words of the engine's test scripts.
	debug bool
	// quiet leaves out all but what went wrong.
	quiet bool
	// unwritten says that the journal's trouble was told of.
	unwritten bool
}

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
}

func (o *observer) Step(ev engine.Event, actions []engine.Action) {
	now := time.Now()
	if o.debug {
		o.script(ev, actions)
	}
	switch ev := ev.(type) {
	case engine.Seen:
		o.write(record{Time: now, Event: "seen", Keys: []string{ev.Key}})
		o.seen(ev.Key)
	case engine.Gone:
		o.write(record{Time: now, Event: "gone", Keys: []string{ev.Key}})
	case engine.Signalled:
		o.write(record{Time: now, Event: "signalled", Process: ev.ID.Process, Run: ev.ID.Run, Keys: ev.Keys})
	case engine.Stop, engine.TimeIsUp:
		o.write(record{Time: now, Event: ev.String()})
		if !o.stopped {
			o.say(o.why(ev))
		}
		o.stopped = true
	}
	for _, a := range actions {
		o.action(a, now)
	}
}

func (o *observer) action(a engine.Action, now time.Time) {
	switch a := a.(type) {
	case engine.Changed:
		o.changed(a, now)
	case engine.Declare:
		o.write(record{Time: now, Event: "declared", Keys: a.Keys})
	case engine.Unsignal:
		o.write(record{Time: now, Event: "unsignalled", Keys: a.Keys})
	case engine.Kill:
		o.say(a.ID.Process + " has not ended and is killed")
	case engine.Alone:
		o.say("only services are left, and nothing waits on them: " + strings.Join(a.Services, ", ") + "; Ctrl-C ends the run")
	case engine.Finish:
		code := o.code(a.Code)
		o.write(record{Time: now, Event: "finished", Code: &code})
	}
}

func (o *observer) changed(a engine.Changed, now time.Time) {
	o.fold.Take(a, now)
	r := record{Time: now, Event: "changed", Process: a.ID.Process, Run: a.ID.Run, State: a.To, Why: a.Why}
	switch {
	case a.To == engine.Running:
		r.Pid = o.executor.pid(a.ID)
	case a.To.Final() && a.ID.Run > 0:
		o.executor.end(a.ID.Process, a.To == engine.Failed)
		r.Code = &a.Code
	}
	o.write(r)
	if line := o.fold.Line(a); line != "" && (!o.quiet || a.To == engine.Failed || a.To == engine.Blocked) {
		o.say(line)
	}
}

func (o *observer) write(r record) {
	o.hub.Event(r)
	if err := o.journal.Append(r); err != nil {
		o.Warn(err.Error())
	}
}

// script prints a step in the words of the engine's test scripts.
func (o *observer) script(ev engine.Event, actions []engine.Action) {
	o.hub.Say("> " + ev.String())
	for _, a := range actions {
		o.hub.Say("  " + a.String())
	}
}

// say prints a line of wprun's own.
func (o *observer) say(line string) { o.hub.Say(ownLine(o.debug, line)) }

// ownLine marks a line as wprun's own; a script has room for it as a comment.
func ownLine(debug bool, line string) string {
	if debug {
		return "# " + line
	}
	return "wprun: " + line
}

// Warn can be called from any goroutine.
func (o *observer) Warn(text string) { o.say("warning: " + text) }

func (o *observer) Waiting(waits []engine.Waits) {
	if !o.quiet {
		o.say("still waiting: " + view.Waiting(waits))
	}
}

func (o *observer) Leaving(list []runner.Leaving) {
	if o.quiet {
		return
	}
	waits := make([]view.Leaving, 0, len(list))
	for _, l := range list {
		waits = append(waits, view.Leaving{Process: l.ID.Process, Pid: o.executor.pid(l.ID), For: l.For})
	}
	o.say("still waiting for " + view.StillThere(waits))
}

// Told passes on what a service says of itself.
func (o *observer) Told(id engine.ID, text string) {
	o.write(record{Time: time.Now(), Event: "status", Process: id.Process, Run: id.Run, Why: text})
	if !o.quiet {
		o.say(id.Process + " says: " + text)
	}
}

func (o *observer) Idle() {
	if err := o.journal.Flush(); err != nil && !o.unwritten {
		o.unwritten = true
		o.Warn(fmt.Sprintf("%v; the run goes on without a full journal", err))
	}
}
