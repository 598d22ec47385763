package proc

import (
	"errors"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// A command begins when its program is executed, some 50 us after its process was
// made, or much later where execve(2) hangs. Nobody waits for that, since the next
// thing to happen most often comes after it; only if nothing happens it is looked for,
// first after firstWait and then in pauses that double.
const (
	firstWait   = time.Millisecond
	longestWait = 100 * time.Millisecond
)

// attendBirths finds out which commands have begun. It waits for one busy program at
// most: the others have their turns after what else has happened.
func (s *Set) attendBirths() {
	waited := false
	s.births = slices.DeleteFunc(s.births, func(p *process) bool {
		if !p.child.over() {
			return false
		}
		if p.isBusy(p.child.failure()) {
			if waited {
				s.wait = firstWait
				return false
			}
			waited = true
		}
		s.begin(p)
		return true
	})
}

// isBusy says that a start which has failed so is to be tried again.
func (p *process) isBusy(err error) bool {
	return errors.Is(err, unix.ETXTBSY) && !p.terminated && p.killed.IsZero()
}

// begin reports that p executes its program, or why it does not.
func (s *Set) begin(p *process) {
	err := p.child.failure()
	p.child = nil
	if err != nil {
		err = s.beginAgain(p, err)
	}
	begun := Begun{ID: p.id, Pid: p.pid}
	if err != nil {
		delete(s.procs, p.id)
		begun.Err = s.explain(p, err)
	}
	s.begun = append(s.begun, begun)
}

// beginLate reports that p, which has exited, had begun. The kernel has not said so:
// some do not clear the tid of a child that dumps core (mm_release before Linux 5.16).
func (s *Set) beginLate(p *process) {
	s.births = slices.DeleteFunc(s.births, func(other *process) bool { return other == p })
	p.child = nil
	s.begun = append(s.begun, Begun{ID: p.id, Pid: p.pid})
}

// beginAgain reaps a child that has failed. If its program was busy it makes another,
// in the way that waits for that.
func (s *Set) beginAgain(p *process, err error) error {
	_, _ = wait4(p.pid, 0)
	s.closeExit(p)
	s.disown(p)
	if p.isBusy(err) {
		err = s.forkPlainly(p)
	}
	if err != nil {
		s.closePipe(p)
		return err
	}
	if err = s.watchLeader(p); err != nil {
		s.abandon(p)
	}
	return err
}
