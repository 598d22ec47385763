package files

import (
	"io/fs"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"

	"wprun/internal/glob"
	"wprun/internal/spot"
)

// dir is a directory below which files may match, existing or not.
type dir struct {
	path string
	// tracks say how far each glob has been matched here: asRoot those that begin
	// here, the others come from the directory above.
	tracks, asRoot []track
	files          map[string]file
	// below are the entries that are in the tree as well.
	below map[string][]track
	// spot is where events come from; none if it is zero.
	spot spot.Spot
	// ceiling is the longest time between two looks.
	ceiling time.Duration
	// pass is the number of the last scan.
	pass uint64
}

// file is a file that matches.
type file struct {
	stamp
	link bool
}

// pattern is a glob of a set.
type pattern struct {
	glob.Glob
	set int
}

// track is how far a pattern has been matched.
type track struct {
	*pattern
	state glob.State
}

func (t track) matches() bool { return t.Matches(t.state) }

// next is how far the globs are at an entry, where any can still match.
func (d *dir) next(name string, link bool) []track { return d.appendNext(nil, name, link) }

func (d *dir) appendNext(tracks []track, name string, link bool) []track {
	for _, t := range d.tracks {
		if t.state = t.Next(t.state, name, link); t.state != glob.None {
			tracks = append(tracks, t)
		}
	}
	return tracks
}

// wants says whether an event of an entry may be news. A directory gives more
// events than writing.
func (d *dir) wants(name string, op fsnotify.Op) bool {
	tracks := d.next(name, false)
	if op&^(fsnotify.Write|fsnotify.Chmod) == 0 {
		return slices.ContainsFunc(tracks, track.matches)
	}
	return len(tracks) > 0
}

// matching are the sets of the tracks that a file matches.
func matching(tracks []track) []int {
	var sets []int
	for _, t := range tracks {
		if t.matches() && !slices.Contains(sets, t.set) {
			sets = append(sets, t.set)
		}
	}
	return sets
}

// leading are the tracks that go on below a directory.
func leading(tracks []track) []track {
	return slices.DeleteFunc(tracks, func(t track) bool { return !t.Leads(t.state) })
}

func stampOf(info fs.FileInfo) stamp {
	return stamp{modified: info.ModTime().UnixNano(), size: info.Size(), id: spot.IdentityOf(info)}
}
