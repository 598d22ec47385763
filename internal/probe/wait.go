package probe

import (
	"context"
	"fmt"
	"time"
)

const (
	firstPause = 5 * time.Millisecond
	growth     = 1.5
	// patience is how long the first try may take. It doubles with each try that
	// takes longer: a server that always answers slowly has to get through, and
	// one that took a connection while it was starting has to be asked again.
	patience        = 5 * time.Second
	connectPatience = 2 * time.Second
)

// attempt asks once, until ctx ends. Nil is ready; an error says what was asked
// and what came back, and is not the end: the service may only need more time.
type attempt func(ctx context.Context) error

// attempt returns nil for the kinds that nobody has to be asked for.
func (s Spec) attempt(t Target) attempt {
	switch s.Kind {
	case TCP:
		return s.connector()
	case HTTP:
		return s.getter()
	case Exec:
		return func(ctx context.Context) error { return s.run(ctx, t) }
	case Path:
		return s.looker()
	}
	return nil
}

// wait returns nil once the service is ready. Its error says how long it
// waited, what it tried, what came back last; or it is that of ctx. The kinds
// Started and Self need no probe: nil at once.
func (s Spec) wait(ctx context.Context, t Target) error {
	switch s.Kind {
	case Started, Self, "":
		return nil
	case Log:
		return s.waitForLine(ctx, t)
	}
	if try := s.attempt(t); try != nil {
		return s.poll(ctx, t.Paused, try)
	}
	return fmt.Errorf("cannot probe: %q is no kind of probe; use tcp, http, exec, path, log, notify, started or self", s.Kind)
}

// poll makes attempts, the first at once, with growing pauses between them.
func (s Spec) poll(parent context.Context, c clock, try attempt) error {
	timeout := orDefault(s.Timeout, DefaultTimeout)
	ctx, cancel := c.limit(parent, timeout)
	defer cancel()
	var last error
	longest := orDefault(s.Interval, DefaultInterval)
	pause, patience := min(firstPause, longest), s.patience()
	for tries := 1; ; tries++ {
		hung, err := c.within(ctx, patience, try)
		if err == nil {
			return nil
		}
		if hung {
			patience *= 2
		}
		// What the end of the wait cut off says less than the answer before it.
		if last == nil || ctx.Err() == nil {
			last = err
		}
		if !c.sleep(ctx, pause) {
			return ended(parent, fmt.Errorf("not ready after %v: %w (%s)", timeout, last, count(tries)))
		}
		pause = min(time.Duration(float64(pause)*growth), longest)
	}
}

func (s Spec) patience() time.Duration {
	if s.Kind == TCP {
		return connectPatience
	}
	return patience
}

func (s Spec) waitForLine(parent context.Context, t Target) error {
	timeout := orDefault(s.Timeout, DefaultTimeout)
	ctx, cancel := clock(t.Paused).limit(parent, timeout)
	defer cancel()
	select {
	case <-t.Matched:
		return nil
	case <-ctx.Done():
		return ended(parent, fmt.Errorf("not ready after %v: no line of its output matched %q", timeout, s.pattern()))
	}
}

// ended tells the end of the wait by its own timeout from that by its parent.
func ended(parent context.Context, timedOut error) error {
	if err := parent.Err(); err != nil {
		return err
	}
	return timedOut
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
