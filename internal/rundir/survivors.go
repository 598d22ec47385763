package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

const (
	endedName = "ended"
	// inOrder is in the mark of a run that said itself that nothing is left; any
	// other mark comes from who looked later.
	inOrder = "in order\n"

	// killLimit bounds how long EndSurvivors goes on killing.
	killLimit = 5 * time.Second
)

// Survivor is a process of a run that ended without ending it: both of the run's
// own processes were killed.
type Survivor struct {
	Run     Dir
	Pid     int
	Command string
	// start is when the process started, see Info.PidStart; it tells the process
	// from a later one with its number.
	start uint64
	of    suspect
}

func (s Survivor) String() string {
	return fmt.Sprintf("process %d (%s) of run %s", s.Pid, s.Command, s.Run.ID)
}

// WriteEnded marks the run as one that has left nothing behind, so that no later
// one has to look for its processes.
func (r *Run) WriteEnded() error { return mark(r.Dir, inOrder) }

func mark(d Dir, how string) error {
	name := filepath.Join(d.Path, endedName)
	return cannot("write", name, os.WriteFile(name, []byte(how), 0o600))
}

func marked(d Dir) bool {
	_, err := os.Lstat(filepath.Join(d.Path, endedName))
	return err == nil
}

func endedInOrder(d Dir) bool {
	how, err := os.ReadFile(filepath.Join(d.Path, endedName))
	return err == nil && string(how) == inOrder
}

// suspect is a run that is over and did not end in order.
type suspect struct {
	dir  Dir
	info Info
	// owner is the user whose run it was.
	owner uint32
}

// Survivors looks for processes of the project's runs that are over and did not
// end in order. Where all did, that costs a look at each run's directory and no
// more. Where processes cannot be looked at it finds none, and leaves it to a
// later call to say of a run that it is over.
func Survivors(project string) ([]Survivor, error) {
	dirs, err := List(project)
	if err != nil || !canLook() {
		return nil, err
	}
	var suspects []suspect
	for _, d := range dirs {
		if marked(d) {
			continue
		}
		s, ok, e := suspectOf(d)
		if err = errors.Join(err, e); ok {
			suspects = append(suspects, s)
		}
	}
	if len(suspects) == 0 {
		return nil, err
	}
	found := search(suspects)
	return found, errors.Join(err, markOver(suspects, found))
}

// Unsearched lists the project's runs that are over and did not end in order, where
// processes cannot be looked at, so that Survivors says nothing of them.
func Unsearched(project string) ([]Dir, error) {
	if canLook() {
		return nil, nil
	}
	dirs, err := over(project)
	return slices.DeleteFunc(dirs, marked), err
}

// suspectOf looks at a run without a mark, and gives it one where nothing can be
// left.
func suspectOf(d Dir) (suspect, bool, error) {
	live, err := StillLive(d)
	if errors.Is(err, fs.ErrNotExist) {
		return suspect{}, false, nil // just removed
	}
	if live || err != nil {
		return suspect{}, false, err
	}
	info, err := ReadInfo(d.Path)
	self := Self()
	switch {
	case err != nil: // killed before it could start anything
		return suspect{}, false, mark(d, "started nothing\n")
	case info.Host != self.Host: // that machine has to look
		return suspect{}, false, nil
	case info.BootID != self.BootID:
		return suspect{}, false, mark(d, "the machine was started anew\n")
	case info.Front > 0 && alive(info.Front, info.FrontStart): // it is at work
		return suspect{}, false, nil
	}
	owner, err := ownerOf(d.Path)
	return suspect{dir: d, info: info, owner: owner}, err == nil, err
}

func ownerOf(path string) (uint32, error) {
	var s unix.Stat_t
	err := unix.Stat(path, &s)
	return s.Uid, cannot("look at", path, err)
}

// StillLive is Live, but for a run whose front is dead: that ends by itself, or was
// killed too and has not let go of the lock yet.
func StillLive(d Dir) (bool, error) {
	pause := time.Millisecond
	for began := time.Now(); ; pause = min(2*pause, 20*time.Millisecond) {
		live, err := Live(d.Path)
		if !live || err != nil || time.Since(began) > killLimit {
			return live, err
		}
		if info, err := ReadInfo(d.Path); err != nil || info.Front == 0 || alive(info.Front, info.FrontStart) {
			return true, nil
		}
		time.Sleep(pause)
	}
}

// markOver marks the runs of which nothing was found.
func markOver(suspects []suspect, found []Survivor) error {
	left := map[string]bool{}
	for _, s := range found {
		left[s.Run.Path] = true
	}
	var err error
	for _, s := range suspects {
		if !left[s.dir.Path] {
			err = errors.Join(err, mark(s.dir, "killed; nothing was found later\n"))
		}
	}
	return err
}

// EndSurvivors ends processes that Survivors has found, and what they have
// started since: with SIGTERM and, after the grace, with SIGKILL. It returns
// those that are still alive.
func EndSurvivors(list []Survivor, grace time.Duration) (left []Survivor, err error) {
	suspects := suspectsOf(list)
	terminate(list)
	awaitEnd(list, grace)
	for began := time.Now(); ; {
		left = search(suspects)
		if len(left) == 0 || time.Since(began) > killLimit {
			return left, markOver(suspects, left)
		}
		kill(left)
		awaitEnd(left, killLimit/20)
	}
}

// suspectsOf lists the runs of survivors, each once.
func suspectsOf(list []Survivor) []suspect {
	var suspects []suspect
	known := map[string]bool{}
	for _, s := range list {
		if !known[s.Run.Path] {
			known[s.Run.Path] = true
			suspects = append(suspects, s.of)
		}
	}
	return suspects
}

// awaitEnd waits until none of the processes is alive.
func awaitEnd(list []Survivor, limit time.Duration) {
	pause := time.Millisecond
	for began := time.Now(); time.Since(began) < limit; pause = min(2*pause, 20*time.Millisecond) {
		left := false
		for _, s := range list {
			left = left || alive(s.Pid, s.start)
		}
		if !left {
			return
		}
		time.Sleep(pause)
	}
}
