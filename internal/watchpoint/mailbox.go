package watchpoint

import "sync"

// mailbox holds the hints for one base. Putting a hint never blocks, and each
// wanted name is in it at most once.
type mailbox struct {
	// wake has a token when there may be something to take.
	wake chan struct{}

	mu    sync.Mutex
	hints hints
	spare []*entry
}

// hints say where to look.
type hints struct {
	names []*entry
	// dirty asks for a scan of the base at once, stale for one before long.
	dirty, stale bool
}

func (m *mailbox) look(e *entry) {
	m.mu.Lock()
	if !e.queued {
		e.queued = true
		m.hints.names = append(m.hints.names, e)
	}
	m.mu.Unlock()
	signal(m.wake)
}

func (m *mailbox) dirty() {
	m.mu.Lock()
	m.hints.dirty = true
	m.mu.Unlock()
	signal(m.wake)
}

func (m *mailbox) stale() {
	m.mu.Lock()
	already := m.hints.stale
	m.hints.stale = true
	m.mu.Unlock()
	if !already {
		signal(m.wake)
	}
}

// take empties the mailbox. The names are valid until the next take.
func (m *mailbox) take() hints {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.hints
	for _, e := range taken.names {
		e.queued = false
	}
	m.hints = hints{names: m.spare[:0]}
	m.spare = taken.names
	return taken
}
