package watchpoint

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"wprun/internal/poll"
	"wprun/internal/spot"
)

// armTries bounds how often arm follows a path that changes under its hands.
const armTries = 16

// telling are the events that can tell of a watchpoint; writing to files in a
// base is none of them.
const telling = fsnotify.Create | fsnotify.Remove | fsnotify.Rename

// hub knows which directories are watched and for whom, and passes events on.
//
// One directory has one watch, whose events bear the path it was first watched
// under, although bases may reach it by several. So directories are told apart
// by identity, and a path of an event only leads to an identity.
type hub struct {
	// events is nil where the system refuses them.
	events *fsnotify.Watcher
	bases  []*base

	mu    sync.Mutex
	spots map[*base]spot.Spot
	paths map[string]*path
	here  map[spot.Identity]*listeners
}

// path is a path that may be the name of a watch, and the bases that watch by it.
type path struct {
	id    spot.Identity
	users map[*base]bool
}

// listeners are the bases that want the events of one directory.
type listeners struct {
	// at are the bases which are that directory.
	at []*base
	// above are those that would be below it, by the entry that leads there.
	above map[string][]*base
}

func newHub(bases []*base) *hub {
	return &hub{
		bases: bases,
		spots: make(map[*base]spot.Spot),
		paths: make(map[string]*path),
		here:  make(map[spot.Identity]*listeners),
	}
}

func (h *hub) close() {
	if h.events != nil {
		h.events.Close()
	}
}

// arm makes sure that what happens to the base from now on comes as an event, if
// anything can. A level of the path that appears before its parent is watched
// gives none, so after each watch the path is followed anew. It returns the
// longest time that the base may go without a scan.
func (h *hub) arm(b *base) time.Duration {
	for range armTries {
		now, err := spot.Locate(b.path)
		if err != nil {
			b.out.say("base:"+b.path, err.Error())
			return poll.Class{}.Ceiling(false)
		}
		kind := poll.ClassOf(now.Dir)
		heard := h.watch(b, now, kind)
		if again, err := spot.Locate(b.path); err == nil && again == now {
			return kind.Ceiling(heard)
		}
	}
	b.mail.dirty()
	return poll.Class{}.Ceiling(false)
}

// watch moves the base to its spot and asks for events there. It does so even if
// the base was there before: a watch can end without a word, when a file system
// is unmounted for one. It reports whether events can come.
func (h *hub) watch(b *base, now spot.Spot, kind poll.Class) bool {
	if kind.Remote != "" {
		b.out.say("remote", kind.Warning(now.Dir))
	}
	if h.events == nil {
		return false
	}
	moved := h.move(b, now, kind.Remote == "")
	defer h.dirty(moved)
	for _, old := range moved {
		h.unwatch(old.Dir)
	}
	if kind.Remote != "" {
		return false
	}
	err := h.events.Add(now.Dir)
	if err != nil && !isAbsent(err) {
		b.out.say("refused", poll.Refusal(fmt.Sprintf("%q", now.Dir), err))
	}
	return err == nil
}

// unwatch ends the watch of a path, if there is one.
func (h *hub) unwatch(dir string) {
	// fsnotify 1.10 panics, with its state put right, if the path was watched anew
	// after it had come to lead to a directory that another path watches.
	defer func() { _ = recover() }()
	_ = h.events.Remove(dir)
}

// move registers the base at its spot, before that is watched so that no event
// finds nobody, or only takes it from where it was. It returns the paths whose
// watches are to be ended and the directories they led to.
func (h *hub) move(b *base, now spot.Spot, stay bool) []spot.Spot {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, known := h.spots[b]
	if known && stay && before == now && h.paths[now.Dir] != nil && h.paths[now.Dir].users[b] {
		return nil
	}
	var old []spot.Spot
	if known && h.forget(b, before) {
		old = append(old, before)
	}
	if !stay {
		return old
	}
	// Where the path led to another directory until now, its watch is that one's.
	if p := h.paths[now.Dir]; p != nil && p.id != now.ID {
		old = append(old, spot.Spot{Dir: now.Dir, ID: p.id})
		delete(h.paths, now.Dir)
	}
	h.register(b, now)
	return old
}

func (h *hub) register(b *base, now spot.Spot) {
	h.spots[b] = now
	p := h.paths[now.Dir]
	if p == nil {
		p = &path{id: now.ID, users: make(map[*base]bool)}
		h.paths[now.Dir] = p
	}
	p.users[b] = true
	l := h.here[now.ID]
	if l == nil {
		l = &listeners{above: make(map[string][]*base)}
		h.here[now.ID] = l
	}
	if now.Next == "" {
		l.at = append(l.at, b)
	} else {
		l.above[now.Next] = append(l.above[now.Next], b)
	}
}

// forget takes a base from the maps. It reports whether nobody uses the path of
// the spot any more.
func (h *hub) forget(b *base, before spot.Spot) bool {
	delete(h.spots, b)
	h.here[before.ID].drop(b, before.Next)
	if h.here[before.ID].empty() {
		delete(h.here, before.ID)
	}
	p := h.paths[before.Dir]
	if p == nil || !p.users[b] {
		return false
	}
	delete(p.users, b)
	if len(p.users) > 0 {
		return false
	}
	delete(h.paths, before.Dir)
	return true
}

// dirty asks for a scan wherever a watch that was ended may be missed: it may
// have served other paths of its directory, and a base may have come to its path
// meanwhile.
func (h *hub) dirty(ended []spot.Spot) {
	if len(ended) == 0 {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, old := range ended {
		h.here[old.ID].dirty()
		if p := h.paths[old.Dir]; p != nil {
			h.here[p.id].dirty()
		}
	}
}

func (l *listeners) drop(b *base, next string) {
	is := func(other *base) bool { return other == b }
	if next == "" {
		l.at = slices.DeleteFunc(l.at, is)
		return
	}
	l.above[next] = slices.DeleteFunc(l.above[next], is)
	if len(l.above[next]) == 0 {
		delete(l.above, next)
	}
}

func (l *listeners) empty() bool {
	return len(l.at) == 0 && len(l.above) == 0
}

// dirty asks all listeners for a scan; it may be called on nil.
func (l *listeners) dirty() {
	if l == nil {
		return
	}
	for _, b := range l.at {
		b.mail.dirty()
	}
	for _, bases := range l.above {
		for _, b := range bases {
			b.mail.dirty()
		}
	}
}

// drain passes events on until the source is closed. It must not block: an
// error that is not read stops the events of fsnotify for ever.
func (h *hub) drain() {
	for {
		select {
		case event, ok := <-h.events.Events:
			if !ok {
				return
			}
			if event.Op&telling != 0 {
				h.pass(event.Name, event.Has(fsnotify.Create))
			}
		case _, ok := <-h.events.Errors:
			if !ok {
				return
			}
			// The queue has overflowed, or something is wrong: anything may be lost.
			for _, b := range h.bases {
				b.mail.dirty()
			}
		}
	}
}

// pass gives the path of an event to those it may concern: it is an entry of a
// watched directory, or such a directory itself, or both. That an expected entry
// was created concerns nobody.
func (h *hub) pass(name string, created bool) {
	dir, entry := filepath.Split(name)
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.paths[name]; p != nil {
		h.here[p.id].dirty()
	}
	p := h.paths[filepath.Clean(dir)]
	if p == nil {
		return
	}
	l := h.here[p.id]
	for _, b := range l.at {
		switch e := b.byName[entry]; {
		case e == nil:
			b.mail.stale()
		case !created || !e.expected.Load():
			b.mail.look(e)
		}
	}
	for _, b := range l.above[entry] {
		b.mail.dirty()
	}
}
