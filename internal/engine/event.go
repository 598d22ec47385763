package engine

import (
	"fmt"
	"strings"
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
	// Hopeless ends the patience with a process that was killed.
	Hopeless TimerKind = "hopeless"
	// Deadline ends the patience with the whole shutdown.
	Deadline TimerKind = "deadline"
	// Outside ends the wait for an external watchpoint.
	Outside TimerKind = "outside"
	// Attempt ends the patience with an attempt of a task.
	Attempt TimerKind = "attempt"
	// Patience ends the wait for an open gate; the attempt of ID is 0.
	Patience TimerKind = "patience"
	// BackOff ends the pause before a process is started again; ID is the
	// attempt that ended. The caller may add jitter.
	BackOff TimerKind = "back-off"
	// Steady says that a service has been ready for so long that its restarts
	// are counted anew.
	Steady TimerKind = "steady"
	// Again ends the wait after Busy.
	Again TimerKind = "again"
	// Resignal ends the wait after a SignalFailed that may pass; Key is the
	// first of the Signal.
	Resignal TimerKind = "resignal"
)

// Timer is what SetTimer starts and Fired brings back. Deadline and Again have
// neither ID nor Key; Key belongs to Outside, which has no ID, and to Resignal.
type Timer struct {
	Kind TimerKind
	ID   ID
	Key  string
}

func (t Timer) String() string {
	switch t.Kind {
	case Outside:
		return string(t.Kind) + " " + t.Key
	case Deadline, Again:
		return string(t.Kind)
	case Resignal:
		return string(t.Kind) + " " + t.ID.String() + " " + t.Key
	default:
		return string(t.Kind) + " " + t.ID.String()
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
	// Made says that there is a process for a Start. It is no answer: whether its
	// program can be executed is not known yet. It may be left out.
	Made struct{ ID ID }
	// Started answers Start.
	Started struct{ ID ID }
	// StartFailed answers Start. Code is that of a shell: 126 or 127, or 125
	// if the fault is wprun's own.
	StartFailed struct {
		ID   ID
		Code int
		Why  string
	}
	// Busy answers Start: a limit of the machine was reached, which may pass.
	// The attempt has not been made. Code and Why are those of the failure that
	// it becomes if nothing of the run is left that could free what is missing.
	Busy struct {
		ID   ID
		Code int
		Why  string
	}
	// Current answers Check: the task need not run. Why may be "".
	Current struct {
		ID  ID
		Why string
	}
	// Stale answers Check: the task has to run.
	Stale struct {
		ID  ID
		Why string
	}
	// CheckFailed answers Check: it cannot be found out, so the task fails.
	CheckFailed struct {
		ID  ID
		Why string
	}
	// Recorded answers Record.
	Recorded struct{ ID ID }
	// RecordFailed answers Record: what the task should have left behind is not
	// as it should be. Code is that of the failure.
	RecordFailed struct {
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
	// Ready answers Probe, and comes again after Unready.
	Ready struct{ ID ID }
	// NotReady answers Probe: the service did not become ready in its time.
	NotReady struct {
		ID  ID
		Why string
	}
	// Unready says that a service that was ready is not so for a while.
	Unready struct {
		ID  ID
		Why string
	}
	// Unwell says that a service is alive and does not do its work any more. It
	// is ended and started again, whatever its policy is.
	Unwell struct {
		ID  ID
		Why string
	}
	// Touched says that a file was changed for which the service is to be
	// started again.
	Touched struct {
		Process string
		Path    string
	}
	// Signalled answers Signal: every key of it has its directory. Turn is that
	// of the Signal.
	Signalled struct {
		ID   ID
		Keys []string
		Turn int
	}
	// SignalFailed answers Signal: the directory of Key could not be made. Turn
	// is that of the Signal. If it is Passing, the Signal is repeated for a while.
	SignalFailed struct {
		ID      ID
		Key     string
		Why     string
		Passing bool
		Turn    int
	}
	// Fired says that a timer has run out.
	Fired struct{ Timer Timer }
	// Stop asks for the end of the run; a second one kills all that is alive, a
	// third one finishes at once, whatever is alive.
	Stop struct{}
	// TimeIsUp asks for the end of the run because its time-out is over.
	TimeIsUp struct{}
)

func (Begin) event()        {}
func (Seen) event()         {}
func (Gone) event()         {}
func (Made) event()         {}
func (Started) event()      {}
func (StartFailed) event()  {}
func (Current) event()      {}
func (Stale) event()        {}
func (CheckFailed) event()  {}
func (Recorded) event()     {}
func (RecordFailed) event() {}
func (Exited) event()       {}
func (Busy) event()         {}
func (Ready) event()        {}
func (NotReady) event()     {}
func (Unready) event()      {}
func (Unwell) event()       {}
func (Touched) event()      {}
func (Signalled) event()    {}
func (SignalFailed) event() {}
func (Fired) event()        {}
func (Stop) event()         {}
func (TimeIsUp) event()     {}

func (Begin) String() string     { return "begin" }
func (e Seen) String() string    { return "seen " + e.Key }
func (e Gone) String() string    { return "gone " + e.Key }
func (e Made) String() string    { return "made " + e.ID.String() }
func (e Started) String() string { return "started " + e.ID.String() }
func (e StartFailed) String() string {
	return fmt.Sprintf("start-failed %s %d %s", e.ID, e.Code, e.Why)
}

func (e Current) String() string {
	return strings.TrimSuffix(fmt.Sprintf("current %s %s", e.ID, e.Why), " ")
}
func (e Stale) String() string       { return fmt.Sprintf("stale %s %s", e.ID, e.Why) }
func (e CheckFailed) String() string { return fmt.Sprintf("check-failed %s %s", e.ID, e.Why) }
func (e Recorded) String() string    { return "recorded " + e.ID.String() }
func (e RecordFailed) String() string {
	return fmt.Sprintf("record-failed %s %d %s", e.ID, e.Code, e.Why)
}

func (e Busy) String() string { return fmt.Sprintf("busy %s %d %s", e.ID, e.Code, e.Why) }

func (e Exited) String() string {
	return strings.TrimSuffix(fmt.Sprintf("exited %s %d %s", e.ID, e.Code, e.Signal), " ")
}
func (e Ready) String() string    { return "ready " + e.ID.String() }
func (e NotReady) String() string { return fmt.Sprintf("not-ready %s %s", e.ID, e.Why) }
func (e Unready) String() string  { return fmt.Sprintf("unready %s %s", e.ID, e.Why) }
func (e Unwell) String() string   { return fmt.Sprintf("unwell %s %s", e.ID, e.Why) }
func (e Touched) String() string  { return fmt.Sprintf("touched %s %s", e.Process, e.Path) }
func (e Signalled) String() string {
	return fmt.Sprintf("signalled %s %s", withTurn(e.ID, e.Turn), strings.Join(e.Keys, " "))
}

func (e SignalFailed) String() string {
	word := "signal-failed"
	if e.Passing {
		word = "signal-held-up"
	}
	return fmt.Sprintf("%s %s %s %s", word, withTurn(e.ID, e.Turn), e.Key, e.Why)
}

// withTurn leaves out the turn where there is only the first.
func withTurn(id ID, turn int) string {
	if turn == 0 {
		return id.String()
	}
	return fmt.Sprintf("%s.%d", id, turn)
}

func (e Fired) String() string  { return "fired " + e.Timer.String() }
func (Stop) String() string     { return "stop" }
func (TimeIsUp) String() string { return "time-is-up" }
