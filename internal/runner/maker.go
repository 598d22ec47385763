package runner

import (
	"sync"

	"wprun/internal/engine"
)

// maker makes watchpoints beside the loop, one after the other, in the order in
// which they were left to it.
type maker struct {
	make func(engine.Signal) made
	// told has the loop come for what was made, once for all that waits.
	told func()

	turn chan struct{} // holds a token while somebody makes the next

	mu     sync.Mutex
	news   sync.Cond // due or closed has changed
	due    []engine.Signal
	done   []made
	asked  bool // the loop has been asked to come
	closed bool
}

// made is what has become of a signal.
type made struct {
	keys   []string // those that are there now
	answer engine.Event
}

func newMaker(create func(engine.Signal) made, told func()) *maker {
	m := &maker{make: create, told: told, turn: make(chan struct{}, 1)}
	m.news.L = &m.mu
	return m
}

func (m *maker) put(a engine.Signal) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due = append(m.due, a)
	m.news.Signal()
}

// work makes what is due until close.
func (m *maker) work() error {
	for m.await() {
		if m.next() {
			m.tell()
		}
	}
	return nil
}

// await returns when something is due; false says that nothing will be.
func (m *maker) await() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for len(m.due) == 0 && !m.closed {
		m.news.Wait()
	}
	return !m.closed
}

// next makes the first that is due. If there is none, it returns false, when none
// is being made either.
func (m *maker) next() bool {
	m.turn <- struct{}{}
	defer func() { <-m.turn }()
	a, ok := m.take()
	if !ok {
		return false
	}
	done := m.make(a)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = append(m.done, done)
	return true
}

func (m *maker) take() (a engine.Signal, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.due) == 0 {
		return a, false
	}
	a, m.due = m.due[0], m.due[1:]
	return a, true
}

func (m *maker) tell() {
	m.mu.Lock()
	again := m.asked
	m.asked = true
	m.mu.Unlock()
	if !again {
		m.told()
	}
}

// finish makes all that is due, and returns when it has been made.
func (m *maker) finish() {
	for m.next() {
	}
}

// collect returns what was made since the last call.
func (m *maker) collect() []made {
	m.mu.Lock()
	defer m.mu.Unlock()
	done := m.done
	m.done, m.asked = nil, false
	return done
}

// close has work end after what it is making.
func (m *maker) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.news.Signal()
}
