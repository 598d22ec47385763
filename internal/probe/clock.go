package probe

import (
	"context"
	"time"
)

// clock is the time of the run, which stands still while the run is paused: it
// returns how long that has been so far, in all. Nil is never.
type clock func() time.Duration

// recheck is the least time before a limit that fell into a pause is looked at
// again.
const recheck = 200 * time.Millisecond

func (c clock) paused() time.Duration {
	if c == nil {
		return 0
	}
	return c()
}

// timer fires by a clock. The zero timer never does.
type timer struct {
	t      *time.Timer
	at     time.Time
	clock  clock
	before time.Duration // paused, when it was set
}

func (c clock) timer(d time.Duration) timer {
	return timer{at: time.Now().Add(d), t: time.NewTimer(d), clock: c, before: c.paused()}
}

func (t *timer) C() <-chan time.Time {
	if t.t == nil {
		return nil
	}
	return t.t.C
}

func (t *timer) left() time.Duration {
	return time.Until(t.at) + t.clock.paused() - t.before
}

// over is to be asked after C has fired. False: there was a pause, and C will
// fire again.
func (t *timer) over() bool {
	left := t.left()
	if left <= 0 {
		return true
	}
	t.t.Reset(max(left, recheck))
	return false
}

func (t *timer) stop() {
	if t.t != nil {
		t.t.Stop()
		t.t = nil
	}
}

// sleep reports false if ctx ended first.
func (c clock) sleep(ctx context.Context, d time.Duration) bool {
	t := c.timer(d)
	defer t.stop()
	for {
		select {
		case <-t.C():
			if t.over() {
				return ctx.Err() == nil
			}
		case <-ctx.Done():
			return false
		}
	}
}

// limit ends a context after d. It has no deadline, as that would not wait.
func (c clock) limit(parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	go func() {
		if c.sleep(ctx, d) {
			cancel()
		}
	}()
	return ctx, cancel
}

// within makes one try. hung says that it was the limit that ended it.
func (c clock) within(parent context.Context, limit time.Duration, try attempt) (hung bool, err error) {
	ctx, cancel := c.limit(parent, limit)
	defer cancel()
	err = try(ctx)
	return err != nil && ctx.Err() != nil && parent.Err() == nil, err
}
