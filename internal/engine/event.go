package engine

import (
	"fmt"
	"strings"
	"time"
)

// ID names one attempt to run a process. News of another attempt is stale.
type ID struct {
	Process string
	Run     int // from 1
}

func (id ID) String() string { return fmt.Sprintf("%s#%d", id.Process, id.Run) }

// TimerKind says what a timer is for.
type TimerKind string

const (
	// Grace ends the patience with a process that was asked to end.
	Grace TimerKind = "grace"
	// Deadline ends the patience with the whole shutdown.
	Deadline TimerKind = "deadline"
	// Outside ends the wait for an external watchpoint.
	Outside TimerKind = "outside"
)

// Timer is what SetTimer starts and Fired brings back. ID belongs to Grace,
// Key to Outside.
type Timer struct {
	Kind TimerKind
	ID   ID
	Key  string
}

func (t Timer) String() string {
	switch t.Kind {
	case Grace:
		return string(t.Kind) + " " + t.ID.String()
	case Outside:
		return string(t.Kind) + " " + t.Key
	default:
		return string(t.Kind)
	}
}

// Event is something that happened. String gives it in the words of the test
// scripts.
type Event interface {
	fmt.Stringer
	event()
}

type (
	// Begin starts the run; it comes once and first.
	Begin struct{}
	// Seen says that the directory of a watchpoint exists now.
	Seen struct{ Key string }
	// Gone says that it does not exist any more.
	Gone struct{ Key string }
	// Started answers Start.
	Started struct{ ID ID }
	// StartFailed answers Start. Code is that of a shell: 126 or 127, or 125
	// if the fault is wprun's own.
	StartFailed struct {
		ID   ID
		Code int
		Why  string
	}
	// Exited says that the command and all it left behind have ended. If a
	// signal ended it, Signal is its name and Code is 128 plus its number.
	Exited struct {
		ID     ID
		Code   int
		Signal string
	}
	// Ready answers Probe.
	Ready struct{ ID ID }
	// NotReady answers Probe: the service did not become ready in its time.
	NotReady struct {
		ID  ID
		Why string
	}
	// Signalled answers Signal: every key of it has its directory.
	Signalled struct {
		ID   ID
		Keys []string
	}
	// SignalFailed answers Signal: the directory of Key could not be made.
	SignalFailed struct {
		ID  ID
		Key string
		Why string
	}
	// Fired says that a timer has run out.
	Fired struct{ Timer Timer }
	// Stop asks for the end of the run; a second one forces it.
	Stop struct{}
	// TimeIsUp asks for the end of the run because its time-out is over.
	TimeIsUp struct{}
)

func (Begin) event()        {}
func (Seen) event()         {}
func (Gone) event()         {}
func (Started) event()      {}
func (StartFailed) event()  {}
func (Exited) event()       {}
func (Ready) event()        {}
func (NotReady) event()     {}
func (Signalled) event()    {}
func (SignalFailed) event() {}
func (Fired) event()        {}
func (Stop) event()         {}
func (TimeIsUp) event()     {}

func (Begin) String() string     { return "begin" }
func (e Seen) String() string    { return "seen " + e.Key }
func (e Gone) String() string    { return "gone " + e.Key }
func (e Started) String() string { return "started " + e.ID.String() }
func (e StartFailed) String() string {
	return fmt.Sprintf("start-failed %s %d %s", e.ID, e.Code, e.Why)
}

func (e Exited) String() string {
	return strings.TrimSuffix(fmt.Sprintf("exited %s %d %s", e.ID, e.Code, e.Signal), " ")
}
func (e Ready) String() string    { return "ready " + e.ID.String() }
func (e NotReady) String() string { return fmt.Sprintf("not-ready %s %s", e.ID, e.Why) }
func (e Signalled) String() string {
	return fmt.Sprintf("signalled %s %s", e.ID, strings.Join(e.Keys, " "))
}

func (e SignalFailed) String() string {
	return fmt.Sprintf("signal-failed %s %s %s", e.ID, e.Key, e.Why)
}
func (e Fired) String() string  { return "fired " + e.Timer.String() }
func (Stop) String() string     { return "stop" }
func (TimeIsUp) String() string { return "time-is-up" }

// Action is something to be done. String gives it in the words of the test
// scripts.
type Action interface {
	fmt.Stringer
	action()
}

type (
	// Start runs the command of a process. At most one Start is unanswered at
	// any time, so that a thousand open gates cannot keep out other news.
	Start struct{ ID ID }
	// Probe finds out when a service is ready.
	Probe struct{ ID ID }
	// Signal makes the directories of watchpoints.
	Signal struct {
		ID   ID
		Keys []string
	}
	// Declare makes the directories of twins. It has no answer: who waits on
	// them goes on from the decision, not from the directory.
	Declare struct{ Keys []string }
	// Unsignal removes the directories of watchpoints, where they exist. It has
	// no answer.
	Unsignal struct{ Keys []string }
	// Terminate asks the whole tree of a process to end.
	Terminate struct{ ID ID }
	// Kill ends the whole tree of a process.
	Kill struct{ ID ID }
	// SetTimer asks for Fired after a while.
	SetTimer struct {
		Timer Timer
		After time.Duration
	}
	// Changed reports that a process is in another state.
	Changed struct {
		ID       ID
		From, To State
		// Code is the exit code that goes with a final state.
		Code int
		// Why is a clause for people, "" where there is nothing to explain.
		Why string
	}
	// Alone reports that only services that nothing waits on are left: the run
	// goes on until it is stopped.
	Alone struct{ Services []string }
	// Finish is the last action of a run. Code is its exit code.
	Finish struct{ Code int }
)

func (Start) action()     {}
func (Probe) action()     {}
func (Signal) action()    {}
func (Declare) action()   {}
func (Unsignal) action()  {}
func (Terminate) action() {}
func (Kill) action()      {}
func (SetTimer) action()  {}
func (Changed) action()   {}
func (Alone) action()     {}
func (Finish) action()    {}

func (a Start) String() string { return "start " + a.ID.String() }
func (a Probe) String() string { return "probe " + a.ID.String() }
func (a Signal) String() string {
	return fmt.Sprintf("signal %s %s", a.ID, strings.Join(a.Keys, " "))
}
func (a Declare) String() string   { return "declare " + strings.Join(a.Keys, " ") }
func (a Unsignal) String() string  { return "unsignal " + strings.Join(a.Keys, " ") }
func (a Terminate) String() string { return "terminate " + a.ID.String() }
func (a Kill) String() string      { return "kill " + a.ID.String() }
func (a SetTimer) String() string  { return fmt.Sprintf("timer %s %s", a.Timer, a.After) }
func (a Changed) String() string {
	if a.Why == "" {
		return fmt.Sprintf("%s %s", a.ID, a.To)
	}
	return fmt.Sprintf("%s %s (%s)", a.ID, a.To, a.Why)
}
func (a Alone) String() string  { return "alone " + strings.Join(a.Services, " ") }
func (a Finish) String() string { return fmt.Sprintf("finish %d", a.Code) }
