package runner

import (
	"math/rand/v2"
	"time"

	"wprun/internal/engine"
)

// The timers of the loop itself, beside those of the engine.
const (
	quietTimer   engine.TimerKind = "quiet"
	runTimer     engine.TimerKind = "run"
	filesTimer   engine.TimerKind = "files"
	leavingTimer engine.TimerKind = "leaving"
)

// timer is due by the clock of the run.
type timer struct {
	due time.Time
	// then is what the loop does when it fires.
	then func()
	// running is nil while the run is paused.
	running *time.Timer
}

func (l *loop) setTimer(t engine.Timer, after time.Duration) {
	if t.Kind == engine.BackOff {
		after = jitter(after)
	}
	l.later(t, after, func() { l.queue = append(l.queue, engine.Fired{Timer: t}) })
}

// jitter keeps services that failed together from coming back together: it
// changes d by up to a fifth.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.8 + 0.4*rand.Float64()))
}

// later has the loop do something after a while. A timer that is set again
// starts anew.
func (l *loop) later(t engine.Timer, after time.Duration, then func()) {
	l.stopTimer(t)
	tm := &timer{due: l.clock.now().Add(after), then: then}
	l.timers[t] = tm
	l.startTimer(t, tm)
}

func (l *loop) startTimer(t engine.Timer, tm *timer) {
	l.pending.Add(1)
	tm.running = time.AfterFunc(tm.due.Sub(l.clock.now()), func() {
		defer l.pending.Done()
		l.inbox.send(func() { l.fired(t, tm) })
	})
}

// fired drops what was stopped, or set anew, while the message was on its way.
func (l *loop) fired(t engine.Timer, tm *timer) {
	if l.timers[t] == tm {
		delete(l.timers, t)
		tm.then()
	}
}

func (l *loop) stopTimer(t engine.Timer) {
	if tm, ok := l.timers[t]; ok {
		l.holdTimer(tm)
		delete(l.timers, t)
	}
}

// holdTimer stops a timer that has not fired.
func (l *loop) holdTimer(tm *timer) {
	if tm.running != nil && tm.running.Stop() {
		tm.running = nil
		l.pending.Done()
	}
}

// stopTimers also waits for those that are sending.
func (l *loop) stopTimers() {
	for t := range l.timers {
		l.stopTimer(t)
	}
	l.pending.Wait()
}

// sayWaiting tells who waits for what, if nothing has happened for a while.
func (l *loop) sayWaiting() {
	left := quiet - l.clock.now().Sub(l.last)
	if left <= 0 {
		left = quiet
		if waits := l.engine.Waiting(); len(waits) > 0 {
			l.cfg.Observer.Waiting(waits)
		}
	}
	l.later(engine.Timer{Kind: quietTimer}, left, l.sayWaiting)
}
