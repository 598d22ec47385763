package guard

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"wprun/internal/proc"
)

const (
	// cleanGrace is what commands get whose supervisor is dead. The kernel has
	// killed what it had started itself.
	cleanGrace = 500 * time.Millisecond
	cleanLimit = 5 * time.Second

	// After the last request the supervisor has lastLimit, and what it leaves
	// killLimit.
	lastLimit = time.Second
	killLimit = 500 * time.Millisecond
)

// clean ends what a supervisor has left that died without having told its outcome.
func (f *front) clean(status syscall.WaitStatus) {
	how, outcome := fate(status)
	f.outcome = &outcome
	left := f.endAll(syscall.SIGTERM, cleanGrace, cleanLimit)
	f.err = fmt.Errorf("%s; %s", how, left)
}

// fate says how a supervisor has ended that should not have, and what becomes of
// the run.
func fate(status syscall.WaitStatus) (how string, o Outcome) {
	if status.Signaled() {
		s := status.Signal()
		return fmt.Sprintf("the supervisor of the run was killed by %s", unix.SignalName(s)), Outcome{Code: 128 + int(s)}
	}
	return fmt.Sprintf("the supervisor of the run has ended without a word (exit code %d)", status.ExitStatus()), Outcome{Code: 125}
}

// giveUp ends what can be ended, and says what cannot.
func (f *front) giveUp() {
	o := died(f.cause)
	if f.exited == nil {
		f.outcome = &o
		return // only a terminal takes nothing
	}
	_ = syscall.Kill(f.pid, syscall.SIGKILL)
	select {
	case <-f.exited:
	case <-time.After(killLimit):
	}
	f.outcome = &o
	f.err = fmt.Errorf("%s: waiting no longer; %s", unix.SignalName(f.cause), f.endAll(syscall.SIGKILL, 0, killLimit))
}

// endAll ends every process below this one and says what it has done.
func (f *front) endAll(s syscall.Signal, grace, limit time.Duration) string {
	ended, left := proc.EndAll(s, grace, limit, f.group)
	switch {
	case len(left) > 0:
		return "cannot end " + list(left)
	case len(ended) > 0:
		return "what it had started was ended: " + list(ended)
	}
	return "nothing that it had started is left"
}

// listed is how many processes a message names.
const listed = 10

func list(members []proc.Member) string {
	var names []string
	for _, m := range members[:min(len(members), listed)] {
		names = append(names, m.String())
	}
	if more := len(members) - listed; more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", ")
}
