package runner

import (
	"time"

	"wprun/internal/engine"
)

const (
	// leavingEvery is the time between two reports of who is leaving.
	leavingEvery = 2 * time.Second
	// leavingLeast is for how long one has been leaving who is worth a word.
	leavingLeast = time.Second
)

// askedToLeave notes since when a process has been asked to end.
func (l *loop) askedToLeave(id engine.ID) {
	if _, known := l.leaving[id]; known {
		return
	}
	l.leaving[id] = l.clock.now()
	if len(l.leaving) == 1 {
		l.later(engine.Timer{Kind: leavingTimer}, leavingEvery, l.sayLeaving)
	}
}

func (l *loop) hasLeft(id engine.ID) {
	delete(l.leaving, id)
	if len(l.leaving) == 0 {
		l.stopTimer(engine.Timer{Kind: leavingTimer})
	}
}

func (l *loop) sayLeaving() {
	var list []Leaving
	now := l.clock.now()
	for _, id := range l.engine.Leaving() {
		if since, known := l.leaving[id]; known && now.Sub(since) >= leavingLeast {
			list = append(list, Leaving{ID: id, For: now.Sub(since)})
		}
	}
	if len(list) > 0 {
		l.cfg.Observer.Leaving(list)
	}
	l.later(engine.Timer{Kind: leavingTimer}, leavingEvery, l.sayLeaving)
}
