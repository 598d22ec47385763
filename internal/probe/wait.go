package probe

import (
	"context"
	"fmt"
	"time"
)

const (
	firstPause = 5 * time.Millisecond
	growth     = 1.5
)

// attempt asks once. Nil is ready; an error says what was asked and what came
// back, and is not the end: the service may only need more time.
type attempt func(ctx context.Context) error

// Wait returns nil once the service is ready. Its error says how long it
// waited, what it tried, what came back last; or it is that of ctx. The kinds
// Started and Self need no probe: nil at once.
func (s Spec) Wait(ctx context.Context, t Target) error {
	switch s.Kind {
	case Started, Self, "":
		return nil
	case Log:
		return s.waitForLine(ctx, t.Matched)
	}
	if try := s.attempt(t); try != nil {
		return s.poll(ctx, try)
	}
	return fmt.Errorf("cannot probe: %q is no kind of probe; use tcp, http, exec, path, log, started or self", s.Kind)
}

// attempt returns nil for the kinds that nobody has to be asked for.
func (s Spec) attempt(t Target) attempt {
	switch s.Kind {
	case TCP:
		return s.connect
	case HTTP:
		return s.getter()
	case Exec:
		return func(ctx context.Context) error { return s.run(ctx, t) }
	case Path:
		return s.stat
	}
	return nil
}

// poll makes attempts, the first at once, with growing pauses between them.
func (s Spec) poll(parent context.Context, try attempt) error {
	timeout := orDefault(s.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	var last error
	longest := orDefault(s.Interval, DefaultInterval)
	pause := min(firstPause, longest)
	for tries := 1; ; tries++ {
		err := try(ctx)
		if err == nil {
			return nil
		}
		// What the end of the wait cut off says less than the answer before it.
		if last == nil || !over(ctx) {
			last = err
		}
		if !sleep(ctx, pause) {
			return ended(parent, fmt.Errorf("not ready after %v: %w (%s)", timeout, last, count(tries)))
		}
		pause = min(time.Duration(float64(pause)*growth), longest)
	}
}

func (s Spec) waitForLine(parent context.Context, matched <-chan struct{}) error {
	timeout := orDefault(s.Timeout, DefaultTimeout)
	ctx, cancel := context.WithTimeout(parent, timeout)
	defer cancel()
	select {
	case <-matched:
		return nil
	case <-ctx.Done():
		return ended(parent, fmt.Errorf("not ready after %v: no line of its output matched %q", timeout, s.pattern()))
	}
}

// over goes by the clock as well: what keeps to the deadline itself can be back
// before ctx has noticed.
func over(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// ended tells the end of the wait by its own timeout from that by its parent.
func ended(parent context.Context, timedOut error) error {
	if err := parent.Err(); err != nil {
		return err
	}
	return timedOut
}

// sleep reports false if ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func orDefault(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
}

func count(tries int) string {
	if tries == 1 {
		return "1 try"
	}
	return fmt.Sprintf("%d tries", tries)
}
