package probe

import (
	"context"
	"fmt"
	"time"
)

// stage is where a service is by its own account.
type stage string

const (
	starting  stage = "starting"
	serving   stage = "serving"
	reloading stage = "reloading"
	stopping  stage = "stopping"
)

// talk follows what a service of kind Notify says. Whatever it announces it has
// Spec.Timeout to do.
type talk struct {
	spec   Spec
	limit  time.Duration
	clock  clock
	report Report
	stage  stage
	status string
	// known says that it has been ready.
	known bool
	// due is when what it has announced should have been done.
	due timer
	// beat is when the next WATCHDOG=1 should have come, every interval at
	// least; suspect says that it has not.
	beat    timer
	every   time.Duration
	suspect bool
}

// straggle is the time a message may take to get here: when this program has not
// been running, the alarm may be quicker than what was sent before.
const straggle = 200 * time.Millisecond

func newTalk(s Spec, c clock, r Report) *talk {
	limit := orDefault(s.Timeout, DefaultTimeout)
	return &talk{
		spec: s, limit: limit, clock: c, report: r,
		stage: starting, due: c.timer(limit), every: s.Watchdog,
	}
}

func (t *talk) follow(ctx context.Context, messages <-chan string) {
	defer func() { t.due.stop(); t.beat.stop() }()
	for ctx.Err() == nil {
		select {
		case m := <-messages:
			t.take(parseNotice(m))
		case <-t.due.C():
			if t.due.over() && !t.late() {
				return
			}
		case <-t.beat.C():
			if t.beat.over() {
				t.missed()
			}
		case <-ctx.Done():
		}
	}
}

// take goes by the order of systemd for a message that says several things: the
// end goes first, and a reload that is over is over.
func (t *talk) take(n notice) {
	if n.status != nil && *n.status != t.status {
		t.status = *n.status
		t.report.Status(t.status)
	}
	switch {
	case t.stage == stopping:
	case n.stopping:
		t.announce(stopping)
	case n.ready:
		t.ready()
	case n.reloading && t.stage == serving:
		t.announce(reloading)
	}
	if n.extend > 0 {
		t.extend(n.extend)
	}
	t.takeWatchdog(n)
}

func (t *talk) ready() {
	if t.stage == serving {
		return
	}
	t.due.stop()
	first := !t.known
	t.stage, t.known = serving, true
	t.report.Ready("")
	if first {
		t.arm()
	}
}

func (t *talk) announce(next stage) {
	if t.known { // else its time to become ready goes on
		t.due.stop()
		t.due = t.clock.timer(t.limit)
	}
	if t.stage == serving {
		t.report.Unready(string(next))
	}
	t.stage = next
	t.arm()
}

func (t *talk) extend(d time.Duration) {
	if t.due.C() != nil && t.due.left() < d {
		t.due.stop()
		t.due = t.clock.timer(d)
	}
}

// late reports false if there is nothing more to follow.
func (t *talk) late() bool {
	t.due.stop()
	switch {
	case !t.known:
		t.report.NotReady(fmt.Sprintf("not ready after %v: %v: no READY=1 came%s", t.limit, t.spec, t.said()))
		return false
	case t.stage == reloading:
		t.report.Unwell(fmt.Sprintf("not ready again %v after RELOADING=1%s", t.limit, t.said()))
	case t.stage == stopping:
		t.report.Unwell(fmt.Sprintf("still there %v after STOPPING=1%s", t.limit, t.said()))
	}
	return true
}

func (t *talk) said() string {
	if t.status == "" {
		return ""
	}
	return fmt.Sprintf(", its status is %q", t.status)
}

func (t *talk) takeWatchdog(n notice) {
	if n.watchdog != nil {
		t.every = *n.watchdog
	}
	if n.watchdog != nil || n.beat {
		t.arm()
	}
	if n.trigger {
		t.report.Unwell("it asked to be restarted: WATCHDOG=trigger" + t.said())
	}
}

// arm has the time to the next beat begin now, if beats are due.
func (t *talk) arm() {
	t.beat.stop()
	t.suspect = false
	if t.every > 0 && (t.stage == serving || t.stage == reloading) {
		t.beat = t.clock.timer(t.every)
	}
}

func (t *talk) missed() {
	t.beat.stop()
	if !t.suspect {
		t.suspect, t.beat = true, t.clock.timer(straggle)
		return
	}
	t.report.Unwell(fmt.Sprintf("no WATCHDOG=1 within %v%s", t.every, t.said()))
}
