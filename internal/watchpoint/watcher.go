package watchpoint

import (
	"context"
	"io/fs"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fsnotify/fsnotify"

	"wprun/internal/poll"
)

const (
	// firstLimit bounds the wait for bases that do not answer before the first
	// report.
	firstLimit = 5 * time.Second
	// closeLimit bounds the wait for bases that do not answer when Run ends.
	closeLimit = 250 * time.Millisecond
	// answerLimit is the time after which a file system is said not to answer.
	answerLimit = 30 * time.Second
)

// Change is news of a watchpoint: it has appeared or disappeared.
type Change struct {
	Key     Key
	Present bool
}

// WatcherConfig says what a Watcher watches.
type WatcherConfig struct {
	// List has passed NewHandler.
	List []Watchpoint
	// Warn is told, in a line without newline, what hinders watching. Run calls
	// it from the goroutine that calls report. It may be nil.
	Warn func(string)
}

// Watcher reports watchpoints as they appear and disappear, however often. It
// trusts no event of the file system: an event says only where to look, and
// every base is listed from time to time without any.
type Watcher struct {
	warn  func(string)
	bases []*base
	byKey map[Key]*entry
	hub   *hub
	out   *outbox
	// events opens the source of events.
	events func() (*fsnotify.Watcher, error)
}

// NewWatcher prepares a watcher; nothing is looked at before Run.
func NewWatcher(config WatcherConfig) *Watcher {
	w := &Watcher{warn: config.Warn, byKey: make(map[Key]*entry, len(config.List)), out: newOutbox(), events: fsnotify.NewWatcher}
	if w.warn == nil {
		w.warn = func(string) {}
	}
	known, places := make(map[string]*base), places{}
	for _, point := range config.List {
		path, err := places.of(point)
		if err != nil {
			w.out.say("place:"+point.Key.quoted(), err.Error())
			continue
		}
		b := known[path]
		if b == nil {
			b = newBase(path, w.out)
			known[path], w.bases = b, append(w.bases, b)
		}
		w.byKey[point.Key] = b.want(point.entry(), point.Key)
	}
	w.hub = newHub(w.bases)
	w.out.await(len(w.bases))
	return w
}

// Run watches until ctx ends, and then returns nil. It can be called once.
//
// The first report holds all watchpoints that were present when every base had
// been listed; it comes even if it is empty, and after 5 s without the bases
// that do not answer. Each later report holds at least one change. Changes of
// one key come in their order. Reports come from the calling goroutine, one at
// a time; what happens during a report is in the next one.
//
// A base whose file system does not answer delays neither the other bases nor,
// by more than a moment, the return.
func (w *Watcher) Run(ctx context.Context, report func([]Change)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	gone := w.start(ctx)
	late := time.NewTimer(firstLimit)
	defer late.Stop()
	for {
		select {
		case <-ctx.Done():
			waitFor(gone, closeLimit)
			return nil
		case <-late.C:
			w.out.await(0)
		case <-w.out.wake:
		}
		changes, warnings := w.out.take()
		for _, text := range warnings {
			w.warn(text)
		}
		if changes != nil {
			report(changes)
		}
	}
}

// start starts the goroutines; the channel is closed when they are gone.
func (w *Watcher) start(ctx context.Context) <-chan struct{} {
	var drain, bases sync.WaitGroup
	if events, err := w.events(); err != nil {
		w.out.say("refused", poll.Refusal("any directory", err))
	} else {
		w.hub.events = events
		drain.Go(w.hub.drain)
	}
	for _, b := range w.bases {
		bases.Go(func() { b.run(ctx, w.hub) })
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		bases.Wait()
		w.hub.close()
		drain.Wait()
	}()
	return gone
}

func waitFor(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

// Expect says that the caller makes the watchpoint of a key itself: that it
// appears is no news then, that it disappears is. It never blocks and can be
// called at any time, from any goroutine.
func (w *Watcher) Expect(k Key) { w.expect(k, true) }

// Unexpect takes Expect back, where the caller could not make the watchpoint.
func (w *Watcher) Unexpect(k Key) { w.expect(k, false) }

func (w *Watcher) expect(k Key, expected bool) {
	if e := w.byKey[k]; e != nil {
		e.expected.Store(expected)
	}
}

// entry is one wanted name of a base.
type entry struct {
	name string
	// expected says that the caller has made it, and that it was not looked at
	// since.
	expected atomic.Bool
	// keys are more than one only if two watchpoints have the same path.
	keys    []Key
	present bool
	// seen is the number of the scan that found the name, and kind what it found.
	seen uint64
	kind fs.FileMode
	// complaint is what was warned about since it last was a watchpoint.
	complaint string
	// queued belongs to the mailbox.
	queued bool
}

// path is where the entry is looked for.
func (e *entry) path(b *base) string {
	return filepath.Join(b.path, e.name)
}
