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
	// why tells of an event that asks for the end of the run, and what another one
	// would do.
	why      func(engine.Event) (cause, hint string)
	cause    string // of the first such event
	requests int    // how many such events have come
	// hopeless says that a process was killed and given up.
	hopeless bool
	// warned has what warnOnce was told of.
	warned map[string]bool
	line   []byte // the latest entry
	// debug prints every step in the words of the engine's test scripts.
	debug bool
	// quiet leaves out all but what went wrong.
	quiet bool
	// unwritten says that the journal's trouble was told of.
	unwritten bool
}

func (o *observer) Step(ev engine.Event, actions []engine.Action) {
	now := time.Now()
	if o.debug {
		o.script(ev, actions)
	}
	if r, ok := entryOf(ev); ok {
		r.Time = now
		o.write(r)
	}
	switch ev := ev.(type) {
	case engine.Seen:
		o.seen(ev.Key)
	case engine.SignalFailed:
		if ev.Passing {
			o.warnOnce(ev.ID.String(), ev.Why+"; trying again for a while")
		}
	case engine.Busy:
		o.warnOnce("busy", ev.Why+"; trying again when something has ended")
	case engine.Fired:
		o.hopeless = o.hopeless || ev.Timer.Kind == engine.Hopeless
	case engine.Stop, engine.TimeIsUp:
		if o.requests++; o.requests == 1 {
			cause, hint := o.why(ev)
			o.cause = cause
			o.say(cause + ": stopping" + hint)
		}
	}
	for _, a := range actions {
		o.action(a, now)
	}
}

// warnOnce warns of what may happen again and again only the first time.
func (o *observer) warnOnce(what, text string) {
	if !o.warned[what] {
		o.warned[what] = true
		o.Warn(text)
	}
}

func (o *observer) action(a engine.Action, now time.Time) {
	switch a := a.(type) {
	case engine.Changed:
		o.changed(a, now)
	case engine.Declare:
		o.write(entry{Time: now, Event: "declared", Keys: a.Keys})
	case engine.Unsignal:
		o.write(entry{Time: now, Event: "unsignalled", Keys: a.Keys})
	case engine.Kill:
		o.say(a.ID.Process + " has not ended and is killed")
	case engine.Alone:
		o.say("only services are left, and nothing waits on them: " + strings.Join(a.Services, ", ") + "; Ctrl-C ends the run")
	case engine.Finish:
		code := o.code(a.Code)
		o.write(entry{Time: now, Event: "finished", Code: &code, Why: o.cause})
	}
}

func (o *observer) changed(a engine.Changed, now time.Time) {
	o.fold.Take(a, now)
	r := entry{Time: now, Event: "changed", Process: a.ID.Process, Run: a.ID.Run, State: a.To, Why: a.Why, Allowed: a.Excused}
	switch {
	case a.To == engine.Running:
		r.Pid = o.executor.pid(a.ID)
	case (a.To.Final() || a.To == engine.BackingOff) && a.ID.Run > 0:
		o.executor.end(a.ID.Process, a.To == engine.Failed && !o.quiet)
		r.Code = &a.Code
	}
	o.write(r)
	if line := o.fold.Line(a); line != "" && (!o.quiet || a.To == engine.Failed || a.To == engine.Blocked) {
		o.say(line)
	}
	// Who watches the screen has seen the output of a first attempt.
	if a.To == engine.Failed && (a.ID.Run > 1 || o.quiet && a.ID.Run > 0) {
		o.executor.showLast(a.ID.Process, ownLine(o.debug, "the last output of "+a.ID.Process+":"))
	}
}

// closeLimit bounds the search for processes that nothing else has ended. Who
// has asked three times does not wait for it, and nobody for what was waited for
// already.
func (o *observer) closeLimit() time.Duration {
	if o.requests > 2 || o.hopeless {
		return 2 * time.Second
	}
	return 10 * time.Second
}

func (o *observer) write(r entry) {
	o.line = append(r.AppendJSON(o.line[:0]), '\n')
	o.hub.Event(o.line)
	o.journal.Append(o.line)
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
		waits = append(waits, view.Leaving{Process: l.ID.Process, Pid: o.executor.living(l.ID), For: l.For})
	}
	o.say("still waiting for " + view.StillThere(waits))
}

// Told passes on what a service says of itself.
func (o *observer) Told(id engine.ID, text string) {
	o.write(entry{Time: time.Now(), Event: "status", Process: id.Process, Run: id.Run, Why: text})
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
