package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"wprun/internal/poll"
	"wprun/internal/spot"
)

const (
	// armTries bounds how often arm follows a path that changes under its hands.
	armTries = 16
	// chunk is the number of entries read at once: a long listing is left soon when
	// the context ends.
	chunk = 512
)

// scanAll looks at everything.
func (w *watcher) scanAll() {
	began, known := time.Now(), w.news.found
	w.pass++
	for _, d := range w.roots {
		w.scan(d, true)
	}
	found := w.news.found > known
	if found || len(w.dirty) > 0 {
		w.burst.hint(time.Now())
	}
	ceiling := poll.Class{Remote: "any"}.Ceiling(false)
	for _, d := range w.dirs {
		ceiling = min(ceiling, d.ceiling)
	}
	w.slow.Looked(began, time.Now(), found, ceiling)
}

// scanDirty looks where something has happened. What is dirty then is so anew.
func (w *watcher) scanDirty() {
	began, dirty := time.Now(), w.dirty
	w.dirty = map[*dir]bool{}
	w.pass++
	for d := range dirty {
		if w.dirs[d.path] == d {
			w.scan(d, false)
		}
	}
	w.quick.Looked(began, time.Now(), false, time.Second)
	w.quick.Hurry()
}

// scan compares a directory with what it was; deep goes on with those below it
// that are no news.
func (w *watcher) scan(d *dir, deep bool) {
	if d.pass == w.pass || w.ctx.Err() != nil {
		return
	}
	d.pass = w.pass
	w.arm(d)
	entries, err := w.list(d.path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP):
		entries = nil
	case err != nil:
		w.say("list:"+d.path, fmt.Sprintf("cannot see whether files in %q change: %v", d.path, err))
		return
	}
	files, below := w.sort(d, entries)
	w.compare(d, files)
	for name := range d.below {
		if below[name] == nil {
			w.gone(filepath.Join(d.path, name))
		}
	}
	d.files, d.below = files, below
	for name, tracks := range below {
		w.enter(filepath.Join(d.path, name), tracks, deep)
	}
}

// sort tells the files that match from the directories that may hold such.
func (w *watcher) sort(d *dir, entries []fs.DirEntry) (map[string]file, map[string][]track) {
	files, below := make(map[string]file, len(d.files)), make(map[string][]track, len(d.below))
	for _, entry := range entries {
		name, link := entry.Name(), entry.Type() == fs.ModeSymlink
		w.tracks = d.appendNext(w.tracks[:0], name, link)
		matches := slices.ContainsFunc(w.tracks, track.matches)
		tracks := leading(w.tracks)
		leads := len(tracks) > 0
		if !leads && !matches || entry.IsDir() && !leads || entry.Type().IsRegular() && !matches {
			continue
		}
		info, err := os.Stat(filepath.Join(d.path, name))
		switch known := d.files[name]; {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil && known != file{}:
			files[name] = known // it is taken to be as it was
		case err != nil:
		case info.IsDir() && leads:
			below[name] = slices.Clone(tracks)
		case info.Mode().IsRegular() && matches:
			files[name] = file{stampOf(info), link}
		}
	}
	return files, below
}

// enter scans a directory that was found, if it is new or deep says so.
func (w *watcher) enter(path string, tracks []track, deep bool) {
	d := w.dirs[path]
	if d == nil {
		d = &dir{path: path}
		w.dirs[path] = d
	} else if !deep && slices.Equal(d.tracks[len(d.asRoot):], tracks) {
		return
	}
	d.tracks = slices.Concat(d.asRoot, tracks)
	w.scan(d, deep)
}

// compare notes how the files of a directory differ from what they were, and asks
// for another look where no event would tell of more.
func (w *watcher) compare(d *dir, files map[string]file) {
	known := w.news.found
	for name, now := range files {
		if was := d.files[name]; was.stamp != now.stamp {
			w.news.add(filepath.Join(d.path, name), was.stamp, now.stamp, matching(d.next(name, now.link)))
		}
	}
	for name, was := range d.files {
		if _, still := files[name]; !still {
			w.news.add(filepath.Join(d.path, name), was.stamp, stamp{}, matching(d.next(name, was.link)))
		}
	}
	if w.news.found > known && d.spot == (spot.Spot{}) {
		w.dirty[d] = true // no event will tell whether it goes on
	}
}

// gone drops a directory that is not there any more, with all below it.
func (w *watcher) gone(path string) {
	d := w.dirs[path]
	if d == nil {
		return
	}
	w.compare(d, nil)
	for name := range d.below {
		w.gone(filepath.Join(path, name))
	}
	d.files, d.below = nil, nil
	if len(d.asRoot) > 0 {
		d.tracks = d.asRoot
		w.dirty[d] = true
		return
	}
	w.wake(w.ears.leave(d))
	delete(w.dirs, path)
	delete(w.dirty, d)
}

// wake has those looked at soon who hear nothing any more.
func (w *watcher) wake(deaf map[*dir]bool) {
	for d := range deaf {
		w.dirty[d] = true
		w.burst.hint(time.Now())
	}
}

// arm makes sure that what happens to the directory from now on comes as an event,
// if anything can. A level of the path that appears before the one above it is
// watched gives none, so after each watch the path is followed anew.
func (w *watcher) arm(d *dir) {
	for range armTries {
		at, err := spot.Locate(d.path)
		if err != nil {
			break
		}
		class := poll.ClassOf(at.Dir)
		heard := w.listen(d, at, class)
		d.ceiling = class.Ceiling(heard)
		if again, err := spot.Locate(d.path); err == nil && again == at {
			return
		}
	}
	d.ceiling = poll.Class{}.Ceiling(false)
}

func (w *watcher) listen(d *dir, at spot.Spot, class poll.Class) bool {
	if class.Remote != "" {
		w.say("remote", class.Warning(at.Dir))
	}
	if w.ears.events == nil {
		return false
	}
	if class.Remote != "" {
		w.wake(w.ears.leave(d))
		return false
	}
	deaf, err := w.ears.listen(d, at)
	w.wake(deaf)
	if err == nil {
		return true
	}
	if !errors.Is(err, fs.ErrNotExist) {
		w.say("refused", poll.Refusal(fmt.Sprintf("%q", at.Dir), err))
	}
	w.wake(w.ears.leave(d))
	return false
}

// list reads a directory, which is open only meanwhile.
func list(path string) ([]fs.DirEntry, error) {
	// A pipe in the place of the directory must not be waited for.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []fs.DirEntry
	for {
		entries, err := f.ReadDir(chunk)
		all = append(all, entries...)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
