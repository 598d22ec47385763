package runner

import "wprun/internal/engine"

// backlog is how many events may wait while the loop makes a directory.
const backlog = 4

// signal makes watchpoints at once, since somebody may wait for them, or has the
// maker do it while the loop has much else to do: when a thousand tasks are found
// up to date, mkdir takes longer than all that the loop does with such an answer.
func (l *loop) signal(a engine.Signal) {
	if len(l.queue) <= backlog {
		l.made(l.make(a))
		return
	}
	l.making++
	l.maker.put(a)
}

// make may be called by another goroutine than the loop's.
func (l *loop) make(a engine.Signal) made {
	for i, key := range a.Keys {
		if err := l.cfg.Watchpoints.Create(key); err != nil {
			return made{a.Keys[:i], engine.SignalFailed{
				ID: a.ID, Key: key, Turn: a.Turn, Why: err.Error(), Passing: l.cfg.Watchpoints.Passing(err),
			}}
		}
	}
	return made{a.Keys, engine.Signalled{ID: a.ID, Keys: a.Keys, Turn: a.Turn}}
}

func (l *loop) made(m made) {
	for _, key := range m.keys {
		l.here[key] = true
	}
	l.queue = append(l.queue, m.answer)
}

// collectMade takes what the maker has made.
func (l *loop) collectMade() {
	for _, m := range l.maker.collect() {
		l.making--
		l.made(m)
	}
}

// catchUp ends what the maker has to do: what follows may be about the same
// directories.
func (l *loop) catchUp() {
	if l.making > 0 {
		l.maker.finish()
		l.collectMade()
	}
}

// declare makes twins. One that cannot be made is only a warning, as the engine
// goes on from its decision and not from the directory.
func (l *loop) declare(keys []string) { l.turn(keys, true, l.cfg.Watchpoints.Create) }

func (l *loop) unsignal(keys []string) { l.turn(keys, false, l.cfg.Watchpoints.Remove) }

// turn has each watchpoint be there from now on, or not, by what does that.
func (l *loop) turn(keys []string, here bool, do func(key string) error) {
	l.catchUp()
	for _, key := range keys {
		if err := do(key); err != nil {
			l.cfg.Observer.Warn(err.Error())
		}
		l.here[key] = here
	}
}
