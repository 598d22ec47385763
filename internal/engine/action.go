package engine

import (
	"fmt"
	"strings"
	"time"
)

// Action is something to be done. String gives it in the words of the test
// scripts.
type Action interface {
	fmt.Stringer
	action()
}

type (
	// Start runs the command of a process. Only one at a time is not Made yet, so that
	// a thousand open gates cannot keep out other news.
	Start struct{ ID ID }
	// Check finds out whether a task has to run. ID is that of the attempt that it
	// would be. Anew says that it has to, and is no question: what it waits on was
	// started again.
	Check struct {
		ID   ID
		Anew bool
	}
	// Record looks at what a task has done and remembers that it need not be done
	// again.
	Record struct{ ID ID }
	// Probe finds out when a service is ready and how it is from then on.
	Probe struct{ ID ID }
	// Signal makes the directories of watchpoints. Turn tells apart what an
	// attempt signals when it is ready the first time, 0, and each time after
	// that it had taken back.
	Signal struct {
		ID   ID
		Keys []string
		Turn int
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
	// SetTimer asks for Fired after a while. A timer that runs is set anew.
	SetTimer struct {
		Timer Timer
		After time.Duration
	}
	// Changed reports that a process is in another state.
	Changed struct {
		ID       ID
		From, To State
		// Code is the exit code that goes with a final state and BackingOff.
		Code int
		// Why is a clause for people, "" where there is nothing to explain.
		Why string
		// Excused says of Failed and Blocked that the run does not fail of it.
		Excused bool
	}
	// Alone reports that only services that nothing waits on are left: the run
	// goes on until it is stopped.
	Alone struct{ Services []string }
	// Finish is the last action of a run. Code is its exit code.
	Finish struct{ Code int }
)

func (Start) action()     {}
func (Check) action()     {}
func (Record) action()    {}
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
func (a Check) String() string {
	if a.Anew {
		return "check " + a.ID.String() + " anew"
	}
	return "check " + a.ID.String()
}
func (a Record) String() string { return "record " + a.ID.String() }
func (a Probe) String() string  { return "probe " + a.ID.String() }
func (a Signal) String() string {
	return fmt.Sprintf("signal %s %s", withTurn(a.ID, a.Turn), strings.Join(a.Keys, " "))
}
func (a Declare) String() string   { return "declare " + strings.Join(a.Keys, " ") }
func (a Unsignal) String() string  { return "unsignal " + strings.Join(a.Keys, " ") }
func (a Terminate) String() string { return "terminate " + a.ID.String() }
func (a Kill) String() string      { return "kill " + a.ID.String() }
func (a SetTimer) String() string  { return fmt.Sprintf("timer %s %s", a.Timer, a.After) }
func (a Changed) String() string {
	text := fmt.Sprintf("%s %s", a.ID, a.To)
	if a.Excused {
		text += " excused"
	}
	if a.Why != "" {
		text += " (" + a.Why + ")"
	}
	return text
}
func (a Alone) String() string  { return "alone " + strings.Join(a.Services, " ") }
func (a Finish) String() string { return fmt.Sprintf("finish %d", a.Code) }
