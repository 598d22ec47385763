package runner

import "time"

// clock is the time of a run, which stands still while the run is paused.
type clock struct {
	paused time.Duration // in all pauses that are over
	since  time.Time     // the pause that goes on; zero if there is none
}

func (c *clock) now() time.Time {
	if !c.since.IsZero() {
		return c.since.Add(-c.paused)
	}
	return time.Now().Add(-c.paused)
}

func (c *clock) stands() bool { return !c.since.IsZero() }

func (c *clock) stop() { c.since = time.Now() }

func (c *clock) goOn() {
	c.paused += time.Since(c.since)
	c.since = time.Time{}
}

func (l *loop) pause(p Pause) {
	if p.On {
		l.hold()
	} else {
		l.resume()
	}
	if p.Done != nil {
		close(p.Done)
	}
}

// hold stops the commands and the clock. Until resume the loop takes note of
// what happens and does nothing about it.
func (l *loop) hold() {
	if l.clock.stands() {
		return
	}
	l.clock.stop()
	for _, tm := range l.timers {
		l.holdTimer(tm)
	}
	l.desk.pause(true)
	l.cfg.Executor.Pause()
}

func (l *loop) resume() {
	if !l.clock.stands() {
		return
	}
	l.clock.goOn()
	l.desk.pause(false)
	l.cfg.Executor.Resume()
	for t, tm := range l.timers {
		if tm.running == nil {
			l.startTimer(t, tm)
		}
	}
}
