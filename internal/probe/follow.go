package probe

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// What an Alive means where it says 0. Interval and Failures are those of the
// liveness probe of Kubernetes; its limit of a second to each try is known to
// kill what is only busy.
const (
	DefaultAliveInterval = 10 * time.Second
	DefaultAliveTimeout  = 5 * time.Second
	DefaultFailures      = 3
)

// Alive is the probe of a service that has become ready; it is of kind TCP, HTTP,
// Exec or Path, any other means none. Its Timeout limits each try, its Interval
// lies before each.
type Alive struct {
	Spec
	// Failures is how many tries in a row have to fail; 0 is DefaultFailures.
	Failures int
}

// Report takes how a service is. Each may be called several times, and from
// several goroutines at once, until Follow returns.
type Report struct {
	// Ready and Unready alternate. NotReady is the end of all hope.
	Ready, Unready, NotReady func(why string)
	// Unwell is that it lives and has to be replaced.
	Unwell func(why string)
	// Status takes what the service says of itself: one line fit to be printed.
	Status func(text string)
}

// Follow probes until ctx ends: first whether the service is ready, which ends in
// Ready or NotReady, then whether it is alive. A service of kind Self says itself
// when it is ready, to somebody else: that is not reported, and tries whether it
// is alive count once one of them has succeeded.
func (s Spec) Follow(ctx context.Context, t Target, alive Alive, r Report) {
	if s.Kind == Notify {
		s.followMessages(ctx, t, alive, r)
		return
	}
	switch err := s.wait(ctx, t); {
	case ctx.Err() != nil:
		return
	case err != nil:
		r.NotReady(err.Error())
		return
	case s.Kind != Self:
		r.Ready("")
	}
	alive.follow(ctx, t, s.Kind != Self, r.Unwell)
}

// followMessages has alive start with the first Ready.
func (s Spec) followMessages(ctx context.Context, t Target, alive Alive, r Report) {
	var once sync.Once
	var group sync.WaitGroup
	defer group.Wait()
	told := r.Ready
	r.Ready = func(why string) {
		told(why)
		once.Do(func() {
			group.Go(func() { alive.follow(ctx, t, true, r.Unwell) })
		})
	}
	newTalk(s, t.Paused, r).follow(ctx, t.Notify)
}

// follow counts failures from the start, or from the first success.
func (a Alive) follow(ctx context.Context, t Target, counts bool, unwell func(why string)) {
	if try := a.attempt(t); try != nil {
		a.repeat(ctx, t.Paused, counts, unwell, try)
	}
}

func (a Alive) repeat(ctx context.Context, c clock, counts bool, unwell func(why string), try attempt) {
	failed := 0
	for c.sleep(ctx, a.pause(time.Now())) {
		before := c.paused()
		_, err := c.within(ctx, orDefault(a.Timeout, DefaultAliveTimeout), try)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			counts, failed = true, 0
		case counts && c.paused() == before: // else it could not answer
			failed++
		}
		if failed == a.most() {
			unwell(fmt.Sprintf("not alive: %v (%s in a row)", err, count(failed)))
			failed = 0
		}
	}
}

// togetherPart is the part of an interval by which a try may come later, so as to
// come with others.
const togetherPart = 100

// pause is the time to the next try. Each wakes this program up; those of many
// services, which were not ready at one moment, come together. Commands do not:
// many at once would wait for one another.
func (a Alive) pause(now time.Time) time.Duration {
	interval := orDefault(a.Interval, DefaultAliveInterval)
	if a.Kind == Exec {
		return interval
	}
	grain := max(interval/togetherPart, 1)
	early := time.Duration(now.Add(interval).UnixNano()) % grain
	return interval + (grain-early)%grain
}

func (a Alive) most() int {
	if a.Failures <= 0 {
		return DefaultFailures
	}
	return a.Failures
}
