package proc

import (
	"errors"
	"maps"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// EndAll ends every process below this one: first with sig and, for what is
// stopped, SIGCONT, from grace on with SIGKILL, for at most limit. It returns
// what it found alive and has ended, and what is left then. A group, which may be
// nil, is killed with them: no fork is quicker than that.
//
// This program must be a child subreaper. Then, and only then, it has no
// descendant when it has no child; lists of children may omit some (proc(5)).
// Nobody else may be waiting for a child meanwhile.
func EndAll(sig syscall.Signal, grace, limit time.Duration, group *Cgroup) (ended, left []Member) {
	if reapAll() {
		return nil, nil // the first look takes longer than all the rest of many a run
	}
	e := ending{sight: lookForProc(), group: group, met: map[int]string{}}
	begin := time.Now()
	for pause := 200 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		now := time.Since(begin)
		if now < grace {
			e.ask(sig)
		} else {
			e.kill()
		}
		if reapAll() {
			return e.list(nil), nil
		}
		if now >= limit {
			left = e.alive()
			return e.list(left), left
		}
		time.Sleep(pause)
	}
}

// ending is one EndAll.
type ending struct {
	sight sight
	group *Cgroup        // or nil
	below []member       // as last seen
	met   map[int]string // the commands of all that were alive
}

// metMax bounds what is remembered of processes that go on forking.
const metMax = 1000

// ask sends sig, once each, to the processes that are new.
func (e *ending) ask(sig syscall.Signal) {
	for _, m := range e.look() {
		m.signal([]syscall.Signal{sig, unix.SIGCONT})
	}
}

// kill kills all.
func (e *ending) kill() {
	e.look()
	if e.group != nil {
		_ = e.group.Kill() // what it does not reach is killed one by one
	}
	for _, m := range e.below {
		m.signal([]syscall.Signal{unix.SIGKILL})
	}
}

// look returns what is alive and was not met before.
func (e *ending) look() (fresh []member) {
	e.below = e.sight.own()
	for _, m := range e.below {
		if _, known := e.met[m.pid]; known || len(e.met) >= metMax || !e.sight.living(m.pid) {
			continue
		}
		e.met[m.pid] = e.sight.commandOf(m.pid)
		fresh = append(fresh, m)
	}
	return fresh
}

// alive returns what has not ended.
func (e *ending) alive() (left []Member) {
	for _, m := range e.sight.own() {
		if e.sight.living(m.pid) {
			left = append(left, Member{m.pid, e.sight.commandOf(m.pid)})
		}
	}
	return left
}

// list returns what was met, but for what is left.
func (e *ending) list(left []Member) (ended []Member) {
	for _, pid := range slices.Sorted(maps.Keys(e.met)) {
		if !slices.ContainsFunc(left, func(m Member) bool { return m.Pid == pid }) {
			ended = append(ended, Member{pid, e.met[pid]})
		}
	}
	return ended
}

// reapAll reaps every dead child and reports whether there is none left, which
// for a parent of orphans means no descendant.
func reapAll() bool {
	for {
		var status unix.WaitStatus
		pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return true
		case pid == 0:
			return false
		}
	}
}
