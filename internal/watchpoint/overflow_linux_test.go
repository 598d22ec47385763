package watchpoint

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/fsnotify/fsnotify"
)

// inFlight is more events than fsnotify reads from the queue at once.
const inFlight = 8192

// The queue is full before the watchpoints appear, so no event tells of them.
func TestWatcherSurvivesQueueOverflow(t *testing.T) {
	base := t.TempDir()
	list := []Watchpoint{point(base, "noise")}
	for i := range 100 {
		list = append(list, point(base, fmt.Sprintf("k%d", i)))
	}
	var overflows atomic.Int32
	w := watch(t, list, withoutBackstop, countingOverflows(&overflows))
	w.watcher.hub.mu.Lock()
	for range (queueLimit(t) + inFlight) / 2 {
		must(t, os.Mkdir(dirOf(base, "noise"), 0o777))
		must(t, os.Remove(dirOf(base, "noise")))
	}
	for _, p := range list[1:] {
		must(t, os.Mkdir(dirOf(base, p.name()), 0o777))
	}
	w.watcher.hub.mu.Unlock()
	for _, p := range list[1:] {
		w.expect(p.Key, true)
	}
	if overflows.Load() == 0 {
		t.Error("the queue has not overflowed")
	}
	must(t, os.Remove(dirOf(base, "k7")))
	w.expect(StringKey("k7"), false)
}

// queueLimit is the number of events that a queue takes.
func queueLimit(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	must(t, err)
	limit, err := strconv.Atoi(strings.TrimSpace(string(text)))
	must(t, err)
	return limit
}

// countingOverflows counts the overflows that a watcher is told of.
func countingOverflows(n *atomic.Int32) func(*Watcher) {
	return func(w *Watcher) {
		w.events = func() (*fsnotify.Watcher, error) {
			events, err := fsnotify.NewWatcher()
			if err != nil {
				return nil, err
			}
			source, passed := events.Errors, make(chan error, 16)
			events.Errors = passed
			go func() {
				defer close(passed)
				for err := range source {
					if errors.Is(err, fsnotify.ErrEventOverflow) {
						n.Add(1)
					}
					passed <- err
				}
			}()
			return events, nil
		}
	}
}
