package files

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// write makes or replaces a file in one step, so that there is one change to see.
func write(t *testing.T, path, text string) {
	t.Helper()
	made := filepath.Join(t.TempDir(), "made")
	must(t, os.WriteFile(made, []byte(text), 0o666))
	must(t, os.MkdirAll(filepath.Dir(path), 0o777))
	must(t, os.Rename(made, path))
}

// watching collects what a running Watch says.
type watching struct {
	t        *testing.T
	mu       sync.Mutex
	news     chan struct{}
	calls    []string // "NAME PATH" since the last expect
	ever     []string
	warnings []string
}

type option func(*watcher)

// withoutBackstop leaves everything to events.
func withoutBackstop(w *watcher) {
	w.slow.Vary = func(time.Duration) time.Duration { return 24 * time.Hour }
}

// exactly takes the chance out of the pace.
func exactly(w *watcher) { w.slow.Vary = func(d time.Duration) time.Duration { return d } }

// refusing is a system without events.
func refusing(w *watcher) {
	w.openEvents = func() (*fsnotify.Watcher, error) { return nil, errors.New("refused") }
}

// start watches until the test ends, and returns when what is there is known.
func start(t *testing.T, sets []Set, options ...option) (*watching, *watcher) {
	t.Helper()
	w, err := newWatcher(sets)
	must(t, err)
	for _, o := range options {
		o(w)
	}
	known := make(chan struct{})
	w.begun = func() { close(known) }
	seen := &watching{t: t, news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := w.watch(ctx, seen.warn, seen.changed); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	<-known
	return seen, w
}

func (s *watching) warn(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.warnings = append(s.warnings, text)
	s.ring()
}

func (s *watching) changed(name, path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, name+" "+path)
	s.ever = append(s.ever, name+" "+path)
	s.ring()
}

func (s *watching) ring() {
	select {
	case s.news <- struct{}{}:
	default:
	}
}

func (s *watching) warned() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.warnings, "\n")
}

// until waits for a condition, which is asked with the lock held.
func (s *watching) until(is func() bool) {
	s.t.Helper()
	for {
		s.mu.Lock()
		done := is()
		s.mu.Unlock()
		if done {
			return
		}
		select {
		case <-s.news:
		case <-time.After(time.Minute):
			s.t.Fatalf("told %q, warned %q, and no more", s.all(), s.warned())
		}
	}
}

// expect waits until a path was told to a set, and forgets what was told till
// then.
func (s *watching) expect(name, path string) {
	s.t.Helper()
	s.until(func() bool {
		i := slices.Index(s.calls, name+" "+path)
		s.calls = s.calls[i+1:]
		return i >= 0
	})
}

// all are the calls since the beginning.
func (s *watching) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ever)
}

func one(globs ...string) []Set { return []Set{{Name: "a", Globs: globs}} }

// eventually waits until a call was made at some time.
func (s *watching) eventually(call string) {
	s.t.Helper()
	s.until(func() bool { return slices.Contains(s.ever, call) })
}

// later is a time of day that no file has by itself.
func later(hours int) time.Time {
	return time.Now().Add(time.Duration(hours+48) * time.Hour).Truncate(time.Second)
}

func mkfifo(path string) error { return syscall.Mkfifo(path, 0o666) }
