package runner

import (
	"time"

	"wprun/internal/engine"
)

func (l *loop) setTimer(t engine.Timer, after time.Duration) {
	l.timers[t] = time.AfterFunc(after, func() {
		l.inbox.send(message{event: engine.Fired{Timer: t}})
	})
}

func (l *loop) stopTimer(t engine.Timer) {
	if timer, ok := l.timers[t]; ok {
		timer.Stop()
		delete(l.timers, t)
	}
}

func (l *loop) stopTimers() {
	for _, timer := range l.timers {
		timer.Stop()
	}
}

// sayWaiting tells who waits for what, if nothing has happened for a while.
func (l *loop) sayWaiting() {
	if waits := l.engine.Waiting(); !l.busy && len(waits) > 0 {
		l.cfg.Observer.Waiting(waits)
	}
	l.busy = false
	l.setTimer(engine.Timer{Kind: quietTimer}, quiet)
}
