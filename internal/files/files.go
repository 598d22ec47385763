// Package files tells when files change whose paths match patterns.
//
// An event of the file system is a hint of where to look; what was found by
// looking is the truth, and everything is looked at from time to time without any
// hint. A file has changed when its time of modification, size or inode is
// another one, be it later or not.
package files

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"github.com/fsnotify/fsnotify"

	"wprun/internal/glob"
	"wprun/internal/poll"
)

// closeLimit bounds the wait for a file system that does not answer when Watch
// ends.
const closeLimit = 250 * time.Millisecond

// Set is what somebody wants to hear of.
type Set struct {
	Name string
	// Globs are absolute patterns of package glob. Regular files match, and
	// symbolic links to such.
	Globs []string
}

// Watch calls changed when files of a set were made, changed, removed or renamed,
// with one path of them: once for each burst, which ends after 100 ms without
// news, or after 1 s. What is there when Watch begins is no news; begun is called,
// from a goroutine of its own, when it is known.
//
// warn is told, in a line without newline, what hinders. Both are called from the
// calling goroutine. Watch returns nil when ctx ends, and before that only with an
// error about the globs.
func Watch(ctx context.Context, sets []Set, warn func(string), begun func(), changed func(name, path string)) error {
	w, err := newWatcher(sets)
	if err != nil {
		return err
	}
	w.begun = begun
	return w.watch(ctx, warn, changed)
}

// watcher looks after all sets. Its goroutine owns all of it but the mail.
type watcher struct {
	sets  []Set
	roots []*dir
	dirs  map[string]*dir
	ears  *ears
	mail  *mail
	notes chan note
	// openEvents opens the source of events.
	openEvents func() (*fsnotify.Watcher, error)
	// list reads a directory.
	list func(dir string) ([]fs.DirEntry, error)
	// begun is called when what is there is known.
	begun func()

	// tracks is the memory for those of one entry.
	tracks []track
	// pass numbers the scans.
	pass uint64
	// slow is the pace of the scans of everything, quick that of the others.
	slow, quick poll.Pace
	burst       burst
	dirty       map[*dir]bool
	news        news
	said        map[string]bool
	ctx         context.Context
}

// note is a line to warn with, or a change.
type note struct{ warning, set, path string }

func newWatcher(sets []Set) (*watcher, error) {
	w := &watcher{
		sets: sets, dirs: map[string]*dir{}, ears: newEars(), mail: newMail(), notes: make(chan note),
		openEvents: fsnotify.NewWatcher, list: list, begun: func() {}, dirty: map[*dir]bool{}, said: map[string]bool{},
	}
	for i, set := range sets {
		for _, pattern := range set.Globs {
			globs, err := glob.Parse(pattern)
			if err != nil {
				return nil, fmt.Errorf("cannot watch %q for %q: %w", pattern, set.Name, err)
			}
			for _, g := range globs {
				w.addRoot(g, i)
			}
		}
	}
	return w, nil
}

func (w *watcher) addRoot(g glob.Glob, set int) {
	d := w.dirs[g.Root]
	if d == nil {
		d = &dir{path: g.Root}
		w.dirs[g.Root] = d
		w.roots = append(w.roots, d)
	}
	d.asRoot = append(d.asRoot, track{&pattern{g, set}, g.Start()})
	d.tracks = d.asRoot
}

func (w *watcher) watch(ctx context.Context, warn func(string), changed func(name, path string)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx)
	}()
	for {
		select {
		case n := <-w.notes:
			if n.warning != "" {
				warn(n.warning)
			} else {
				changed(n.set, n.path)
			}
		case <-ctx.Done():
			waitFor(ended, closeLimit)
			return nil
		}
	}
}

func waitFor(done <-chan struct{}, limit time.Duration) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	}
}

func (w *watcher) run(ctx context.Context) {
	w.ctx = ctx
	if len(w.roots) == 0 {
		w.begun()
		return
	}
	events, err := w.openEvents()
	if err != nil {
		w.say("refused", poll.Refusal("the files of watch", err))
	} else {
		drained := make(chan struct{})
		go func() {
			defer close(drained)
			w.mail.drain(ctx, events)
		}()
		defer func() {
			events.Close()
			<-drained
		}()
		w.ears.events = events
	}
	w.first()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(time.Until(w.due()))
		select {
		case <-ctx.Done():
		case <-w.mail.wake:
			w.read()
		case <-timer.C:
			w.look(time.Now())
		}
	}
}

// first takes what is there for known.
func (w *watcher) first() {
	w.scanAll()
	w.news.forget()
	clear(w.dirty)
	w.burst = burst{}
	w.begun()
}

// due is when to look next.
func (w *watcher) due() time.Time {
	if !w.burst.open {
		return w.slow.Due()
	}
	end := w.burst.end()
	if rested := w.quick.Due(); rested.After(end) {
		end = rested
	}
	if w.slow.Due().Before(end) {
		return w.slow.Due()
	}
	return end
}

// read takes the hints that have come.
func (w *watcher) read() {
	names, lost := w.mail.take()
	if lost {
		w.slow.Hurry()
	}
	for name, op := range names {
		for d := range w.ears.hear(name, op) {
			w.dirty[d] = true
			w.burst.hint(time.Now())
		}
	}
}

// look scans what is due, and tells what has changed at the end of a burst.
func (w *watcher) look(now time.Time) {
	switch {
	case !now.Before(w.slow.Due()):
		w.scanAll()
	case w.burst.open && !now.Before(w.burst.end()):
		w.endBurst(now)
	}
}

// endBurst looks where hints pointed to. What changes without a hint goes on for
// as long as each look finds something new.
func (w *watcher) endBurst(now time.Time) {
	w.scanDirty()
	more := len(w.dirty) > 0
	if more && !w.burst.over(now) {
		w.burst.hint(time.Now())
		return
	}
	w.burst.open = false
	if more {
		w.burst.hint(time.Now())
	}
	for _, c := range w.news.take() {
		w.send(note{set: w.sets[c.set].Name, path: c.path})
	}
}

// say warns once for each topic.
func (w *watcher) say(topic, text string) {
	if !w.said[topic] {
		w.said[topic] = true
		w.send(note{warning: text})
	}
}

func (w *watcher) send(n note) {
	select {
	case w.notes <- n:
	case <-w.ctx.Done():
	}
}
