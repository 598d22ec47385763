package runner

import (
	"time"

	"wprun/internal/engine"
)

func (l *loop) setTimer(t engine.Timer, after time.Duration) {
	l.sendLater(t, after, engine.Fired{Timer: t})
}

// sendLater keeps the event under a timer, so that it can be stopped.
func (l *loop) sendLater(t engine.Timer, after time.Duration, ev engine.Event) {
	l.pending.Add(1)
	l.timers[t] = time.AfterFunc(after, func() {
		defer l.pending.Done()
		l.inbox.send(message{event: ev})
	})
}

func (l *loop) stopTimer(t engine.Timer) {
	if timer, ok := l.timers[t]; ok {
		if timer.Stop() {
			l.pending.Done()
		}
		delete(l.timers, t)
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
	left := quiet - time.Since(l.last)
	if left <= 0 {
		left = quiet
		if waits := l.engine.Waiting(); len(waits) > 0 {
			l.cfg.Observer.Waiting(waits)
		}
	}
	l.setTimer(engine.Timer{Kind: quietTimer}, left)
}
