package files

import (
	"maps"
	"path/filepath"

	"github.com/fsnotify/fsnotify"

	"wprun/internal/spot"
)

// ears know which directories have events, and for whom.
//
// One directory has one watch, whose events bear the path it was first watched
// under, although several paths may lead to it. So directories are told apart by
// identity, and a path of an event only leads to an identity.
type ears struct {
	// events is nil where the system refuses them.
	events *fsnotify.Watcher
	ids    map[string]spot.Identity
	here   map[spot.Identity]*listeners
}

// listeners are those who want the events of one directory.
type listeners struct {
	// path is what it is watched by.
	path string
	dirs map[*dir]bool
}

func newEars() *ears {
	return &ears{ids: map[string]spot.Identity{}, here: map[spot.Identity]*listeners{}}
}

// listen has d hear what happens at a spot, and nowhere else. It does so even if d
// listened there before: a watch can end without a word, when a file system is
// unmounted for one. It returns those who hear nothing any more, since the watch
// they had ended.
func (e *ears) listen(d *dir, at spot.Spot) (deaf map[*dir]bool, err error) {
	if d.spot != at {
		deaf = e.leave(d)
	}
	// Where the path led to another directory until now, its watch is that one's.
	if id, known := e.ids[at.Dir]; known && id != at.ID {
		maps.Copy(orNew(&deaf), e.end(id))
		delete(deaf, d)
	}
	l := e.here[at.ID]
	if l == nil {
		return deaf, e.listenAlone(d, at)
	}
	l.dirs[d] = true
	d.spot = at
	if err = e.events.Add(l.path); err != nil && l.path != at.Dir {
		// The path that it was watched by is another directory's, or nobody's.
		maps.Copy(orNew(&deaf), e.end(at.ID))
		delete(deaf, d)
		return deaf, e.listenAlone(d, at)
	}
	return deaf, err
}

func (e *ears) listenAlone(d *dir, at spot.Spot) error {
	e.here[at.ID], e.ids[at.Dir] = &listeners{path: at.Dir, dirs: map[*dir]bool{d: true}}, at.ID
	d.spot = at
	return e.events.Add(at.Dir)
}

func orNew(set *map[*dir]bool) map[*dir]bool {
	if *set == nil {
		*set = map[*dir]bool{}
	}
	return *set
}

// leave has d hear nothing. It returns those who shared a watch that was known by
// the path of d.
func (e *ears) leave(d *dir) map[*dir]bool {
	at := d.spot
	d.spot = spot.Spot{}
	l := e.here[at.ID]
	if l == nil || !l.dirs[d] {
		return nil
	}
	delete(l.dirs, d)
	if len(l.dirs) > 0 && l.path != at.Dir {
		return nil
	}
	return e.end(at.ID)
}

// end ends the watch of a directory and returns its listeners.
func (e *ears) end(id spot.Identity) map[*dir]bool {
	l := e.here[id]
	if l == nil {
		return nil
	}
	delete(e.here, id)
	delete(e.ids, l.path)
	for d := range l.dirs {
		d.spot = spot.Spot{}
	}
	e.unwatch(l.path)
	return l.dirs
}

// unwatch ends the watch of a path, if there is one.
func (e *ears) unwatch(path string) {
	// fsnotify 1.10 panics, with its state put right, if the path was watched anew
	// after it had come to lead to a directory that another path watches.
	defer func() { _ = recover() }()
	_ = e.events.Remove(path)
}

// hear returns whom an event may concern: its path is an entry of a directory that
// is watched, or such a directory itself, or both.
func (e *ears) hear(name string, op fsnotify.Op) map[*dir]bool {
	concerned := map[*dir]bool{}
	if id, known := e.ids[name]; known {
		maps.Copy(concerned, e.here[id].dirs)
	}
	parent, entry := filepath.Split(name)
	id, known := e.ids[filepath.Clean(parent)]
	if !known {
		return concerned
	}
	for d := range e.here[id].dirs {
		if d.spot.Next == entry || d.spot.Next == "" && d.wants(entry, op) {
			concerned[d] = true
		}
	}
	return concerned
}
