package probe

import (
	"context"
	"fmt"
	"time"
)

// What an Alive means where it says 0; Interval and Failures are those of a
// liveness probe of Kubernetes.
const (
	DefaultAliveInterval = 10 * time.Second
	DefaultAliveTimeout  = 5 * time.Second
	DefaultFailures      = 3
)

// Alive is the probe of a service that has become ready. Its Timeout limits each
// try, its Interval lies between two tries. A Kind of "" means none; Started,
// Self, Log and Notify say nothing about a service that runs, and are none too.
type Alive struct {
	Spec
	// Failures is how many tries in a row have to fail; 0 is DefaultFailures.
	Failures int
}

// Report takes how a service is. Each may be called several times, and from
// several goroutines at once, until Follow returns.
type Report struct {
	Ready, Unready, NotReady, Unwell func(why string)
	// Status takes what the service says of itself: one line.
	Status func(text string)
}

// Follow probes until ctx ends: first whether the service is ready, which ends in
// Ready or NotReady, then whether it is alive. A service of kind Self says itself
// when it is ready, to somebody else: that is not reported.
func (s Spec) Follow(ctx context.Context, t Target, alive Alive, r Report) {
	switch err := s.Wait(ctx, t); {
	case ctx.Err() != nil:
		return
	case err != nil:
		r.NotReady(err.Error())
		return
	case s.Kind != Self:
		r.Ready("")
	}
	alive.follow(ctx, t, r)
	<-ctx.Done()
}

func (a Alive) follow(ctx context.Context, t Target, r Report) {
	try := a.attempt(t)
	if try == nil {
		return
	}
	most := a.Failures
	if most <= 0 {
		most = DefaultFailures
	}
	failed := 0
	for sleep(ctx, orDefault(a.Interval, DefaultAliveInterval)) {
		err := within(ctx, orDefault(a.Timeout, DefaultAliveTimeout), try)
		if failed++; err == nil {
			failed = 0
		}
		if failed == most && ctx.Err() == nil {
			r.Unwell(fmt.Sprintf("not alive: %v (%s in a row)", err, count(failed)))
			failed = 0
		}
	}
}

func within(ctx context.Context, limit time.Duration, try attempt) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return try(ctx)
}
