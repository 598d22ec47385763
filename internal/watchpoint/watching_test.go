package watchpoint

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// patience is how long a condition may take on a busy machine.
const patience = 30 * time.Second

// watching is a running Watcher and what it has told so far.
type watching struct {
	t       testing.TB
	watcher *Watcher
	news    chan struct{}

	mu       sync.Mutex
	present  map[Key]bool
	reports  [][]Change
	warnings []string
}

// watch runs a watcher over the list until the test ends.
func watch(t testing.TB, list []Watchpoint, prepare ...func(*Watcher)) *watching {
	t.Helper()
	w := &watching{t: t, news: make(chan struct{}, 1), present: make(map[Key]bool)}
	w.watcher = NewWatcher(WatcherConfig{List: list, Warn: w.warn})
	for _, change := range prepare {
		change(w.watcher)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.watcher.Run(ctx, w.report) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run returned %v", err)
		}
		if events := w.watcher.hub.events; events != nil && events.Add("/") != fsnotify.ErrClosed {
			t.Error("Run returned before its source of events was closed")
		}
	})
	w.until("the first report", func() bool { return len(w.reports) > 0 })
	return w
}

func (w *watching) report(changes []Change) {
	w.mu.Lock()
	for _, c := range changes {
		if w.present[c.Key] == c.Present {
			w.t.Errorf("%v was reported twice as present=%v", c.Key, c.Present)
		}
		w.present[c.Key] = c.Present
	}
	w.reports = append(w.reports, slices.Clone(changes))
	w.mu.Unlock()
	signal(w.news)
}

func (w *watching) warn(text string) {
	w.mu.Lock()
	w.warnings = append(w.warnings, text)
	w.mu.Unlock()
	signal(w.news)
}

// until waits for a condition on what was told.
func (w *watching) until(what string, holds func() bool) {
	w.t.Helper()
	deadline := time.After(patience)
	for {
		w.mu.Lock()
		ok := holds()
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-w.news:
		case <-deadline:
			w.mu.Lock()
			defer w.mu.Unlock()
			w.t.Fatalf("waited %v for %s; warnings: %q, last of %d reports: %v",
				patience, what, w.warnings, len(w.reports), w.reports[max(0, len(w.reports)-1):])
		}
	}
}

func (w *watching) expect(key Key, present bool) {
	w.t.Helper()
	w.until(fmt.Sprintf("%v present=%v", key, present), func() bool { return w.present[key] == present })
}

// base is the base with that path.
func (w *watching) base(path string) *base {
	i := slices.IndexFunc(w.watcher.bases, func(b *base) bool { return b.path == path })
	return w.watcher.bases[i]
}

// first is the first report.
func (w *watching) first() []Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.reports[0]
}

func (w *watching) has(key Key) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.present[key]
}

func (w *watching) told() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.warnings)
}

// must stops the test at an error of its own preparations.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func point(base, key string) Watchpoint {
	return Watchpoint{Key: StringKey(key), Base: base}
}

func dirOf(base, key string) string {
	return filepath.Join(base, key+Suffix)
}

// withoutBackstop leaves a watcher with its events alone.
func withoutBackstop(w *Watcher) {
	for _, b := range w.bases {
		b.pace.Vary = func(time.Duration) time.Duration { return patience * 100 }
	}
}

// refusing is a system that gives no events.
func refusing(w *Watcher) {
	w.events = func() (*fsnotify.Watcher, error) { return nil, syscall.EMFILE }
}
