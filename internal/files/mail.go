package files

import (
	"context"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// maxNames is how many names are kept; beyond it everything is looked at.
	maxNames = 4096
	// batch events are followed by a rest, in which the kernel joins those of a
	// file that is written to all the time.
	batch     = 128
	batchRest = 5 * time.Millisecond
)

// mail keeps the events that nobody has looked at yet.
type mail struct {
	// wake has a token when there may be something to take.
	wake chan struct{}

	mu    sync.Mutex
	names map[string]fsnotify.Op
	lost  bool
}

func newMail() *mail {
	return &mail{wake: make(chan struct{}, 1), names: map[string]fsnotify.Op{}}
}

// drain takes events until the source is closed. An event or error that is not
// read would stop all that follow.
func (m *mail) drain(ctx context.Context, events *fsnotify.Watcher) {
	for n := 1; ; n++ {
		select {
		case event, ok := <-events.Events:
			if !ok {
				return
			}
			m.put(event.Name, event.Op)
		case _, ok := <-events.Errors:
			if !ok {
				return
			}
			m.lose() // the queue has overflowed, or something is wrong
		}
		if n%batch == 0 && ctx.Err() == nil {
			time.Sleep(batchRest)
		}
	}
}

func (m *mail) put(name string, op fsnotify.Op) {
	m.mu.Lock()
	if len(m.names) < maxNames {
		m.names[name] |= op
	} else {
		m.lost = true
	}
	m.mu.Unlock()
	m.ring()
}

func (m *mail) lose() {
	m.mu.Lock()
	m.lost = true
	m.mu.Unlock()
	m.ring()
}

func (m *mail) ring() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// take empties the mail; lost says that it is not all that has happened.
func (m *mail) take() (names map[string]fsnotify.Op, lost bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names, lost = m.names, m.lost
	m.names, m.lost = map[string]fsnotify.Op{}, false
	return names, lost
}
