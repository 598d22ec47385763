package engine

import (
	"fmt"
	"strings"
	"time"
)

const defaultRetryDelay = time.Second

// failOrRetry ends a task that has failed, or tries it again. A run that ends
// tries nothing again, nor does one that a failure has stopped.
func (e *Engine) failOrRetry(i int, f failure) {
	p, o := &e.procs[i], e.options(i)
	switch {
	case o.Retries == 0 || e.draining || e.closing && e.policy.OnFailure == StopRunning && !p.handler:
		e.fail(i, f)
	case p.restarts == o.Retries:
		f.why += fmt.Sprintf(" (tried %d times)", o.Retries+1)
		e.fail(i, f)
	default:
		p.restarts++
		pause := retryDelay(o.RetryDelay, p.restarts)
		e.rest(i, fmt.Sprintf("%s; it is tried again in %s (%d of %d)", f.why, pause, p.restarts, o.Retries), f.code)
		e.emit(SetTimer{Timer{Kind: BackOff, ID: e.id(i)}, pause})
	}
}

// retrying says that a task is between two attempts, which belong together.
func (e *Engine) retrying(i int) bool {
	p := &e.procs[i]
	return !e.service(i) && p.restarts > 0 && (p.state == Waiting || p.state == Checking || p.state == BackingOff)
}

// retryDelay is the pause before the nth retry.
func retryDelay(first time.Duration, n int) time.Duration {
	if first == 0 {
		first = defaultRetryDelay
	}
	pause := first
	for ; n > 1 && pause < longestBackOff; n-- {
		pause *= 2
	}
	return min(pause, max(first, longestBackOff))
}

// attemptOver ends an attempt that takes too long.
func (e *Engine) attemptOver(i int) {
	if e.procs[i].state.going() {
		e.giveUp(i, failure{code: 124, why: fmt.Sprintf("it has taken the %s that it may", e.options(i).Timeout)})
	}
}

// bePatient limits the wait of a process whose gate is shut.
func (e *Engine) bePatient(i int) {
	limit := e.options(i).WaitTimeout
	if limit > 0 && e.waitsForGate(i) {
		e.emit(SetTimer{Timer{Kind: Patience, ID: ID{Process: e.g.Processes()[i].Name}}, limit})
	}
}

// waitsForGate says that nothing but its gate keeps process i.
func (e *Engine) waitsForGate(i int) bool {
	p := &e.procs[i]
	return p.missing > 0 && (p.state == Waiting || p.state == BackingOff && p.due)
}

// patienceOver fails a process whose gate has not opened.
func (e *Engine) patienceOver(name string) {
	i, ok := e.g.Process(name)
	if !ok || !e.waitsForGate(i) {
		return
	}
	why := fmt.Sprintf("waited for %s: %s", e.options(i).WaitTimeout, strings.Join(e.allLacks(i), " and "))
	e.fail(i, failure{code: 124, why: why})
}
