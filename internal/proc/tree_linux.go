package proc

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// killedLimit is how long a command is held back for killed members of its
// tree that do not die (disk sleep, another user's).
const killedLimit = time.Second

// adoptRounds bounds the chase after processes that fork and exit at once.
const adoptRounds = 100

// orphan is a process below a command whose parent has died: this program is
// its parent now. The number is its own until it is reaped here.
//
// Every process of a tree descends from its leader or from one of its orphans,
// and a parent's children are adopted before its exit can be seen. So a tree
// whose leader is dead is empty when, after a look, it has no orphan.
type orphan struct {
	pid   int
	pidfd int // -1: found dead by the next tick only
	token int32
	owner *process // nil: ended by Close
	// dying: it was found in its exit, without the memory that tells its
	// owner. What it has forked is seen after the exit only.
	dying bool
}

// adoptedList is the list of processes that the kernel gives to this program:
// those are children of its main thread, whichever thread started commands.
func adoptedList() string {
	pid := os.Getpid()
	return fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)
}

// adopt looks for new orphans. It costs one read when there are none.
func (s *Set) adopt() {
	if s.kernel.sight == blind {
		return
	}
	// One that died after the list was read has left children to a later list.
	for round := 0; round < adoptRounds && s.adoptListed(); round++ {
	}
}

// adoptListed tracks the new orphans of one list, and reports whether it had
// to reap one.
func (s *Set) adoptListed() (reaped bool) {
	for _, pid := range s.ownChildren() {
		// What was started from the main thread is in the list too.
		if s.orphans[pid] != nil || s.isLeader(pid) {
			continue
		}
		session, err := unix.Getsid(pid)
		if err != nil || session == s.session {
			continue // a child of other code
		}
		if _, gone := wait4(pid, unix.WNOHANG); gone {
			reaped = true
			continue
		}
		s.track(pid, session)
	}
	return reaped
}

// ownChildren lists adopted processes, and perhaps other children.
func (s *Set) ownChildren() []int {
	if s.adopted >= 0 {
		return readChildren(s.adopted)
	}
	return scanFamilies()[os.Getpid()]
}

func (s *Set) isLeader(pid int) bool {
	p := s.owners[pid]
	return p != nil && p.pid == pid
}

func (s *Set) track(pid, session int) {
	thread := withMemory(pid)
	o := &orphan{pid: pid, owner: s.ownerOf(pid, session, thread)}
	s.orphans[pid] = o
	if o.owner != nil {
		o.owner.orphans++
		s.claim(o.owner, pid)
		s.claim(o.owner, session)
	} else if o.dying = thread == ""; o.dying {
		s.dying++
	}
	o.pidfd = -1
	if !s.kernel.pidfd {
		return
	}
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return
	}
	if o.token, err = s.add(fd, unix.EPOLLIN|unix.EPOLLONESHOT, source{orphan: o}); err != nil {
		unix.Close(fd)
		return
	}
	o.pidfd = fd
}

// ownerOf returns the command that an orphan belongs to: by its session, by
// what an earlier walk saw, or by the environment it has inherited, which a thread
// tells.
func (s *Set) ownerOf(pid, session int, thread string) *process {
	if p := s.owners[session]; p != nil {
		return p
	}
	if p := s.owners[pid]; p != nil {
		return p
	}
	environ, _ := os.ReadFile(thread + "/environ")
	entries := strings.Split(string(environ), "\x00")
	var owner *process
	for _, p := range s.procs {
		if p.spec.marks(entries) && (owner == nil || owner.exitToken < p.exitToken) {
			owner = p
		}
	}
	return owner
}

// claim notes that a process or session number belongs to p.
func (s *Set) claim(p *process, number int) {
	if s.owners[number] != p {
		s.owners[number] = p
		p.claims = append(p.claims, number)
	}
}

// disown forgets what belonged to p; orphans still alive are left to Close.
func (s *Set) disown(p *process) {
	for _, number := range p.claims {
		if s.owners[number] == p {
			delete(s.owners, number)
		}
	}
	if p.orphans == 0 {
		return
	}
	for _, o := range s.orphans {
		if o.owner == p {
			o.owner = nil
		}
	}
}

// reapOrphan reaps o if it is dead; its children are found by the next look.
func (s *Set) reapOrphan(o *orphan) {
	if _, gone := wait4(o.pid, unix.WNOHANG); !gone {
		return
	}
	if o.pidfd >= 0 {
		unix.Close(o.pidfd)
		delete(s.sources, o.token)
	}
	delete(s.orphans, o.pid)
	if o.owner != nil {
		o.owner.orphans--
	}
	if o.dying {
		s.dying--
	}
}

// reapOrphans looks at all orphans, known and new.
func (s *Set) reapOrphans() {
	for _, o := range s.orphans {
		s.reapOrphan(o)
	}
	s.adopt()
}

// empty reports whether nothing of p's tree is alive but perhaps its leader.
func (s *Set) empty(p *process) bool { return p.orphans == 0 && s.dying == 0 }

// settle reports the commands whose tree has become empty.
func (s *Set) settle() {
	s.adopt()
	s.ending = slices.DeleteFunc(s.ending, func(p *process) bool {
		if s.empty(p) {
			return s.finish(p)
		}
		if p.killed.IsZero() {
			return false
		}
		if time.Since(p.killed) < killedLimit {
			s.signalTree(p, unix.SIGKILL) // what was forked meanwhile
			return false
		}
		return s.finish(p)
	})
}

// killTree sends SIGKILL to every process of p, and has settle repeat it until
// killedLimit from now.
func (s *Set) killTree(p *process) {
	p.killed = time.Now()
	if p.dead && p.orphans == 0 {
		// Nothing is left, says a list that may omit a process while another
		// is reaped (proc_pid_task(5)); the leader still holds the number.
		_ = unix.Kill(-p.pid, unix.SIGKILL)
		return
	}
	s.signalTree(p, unix.SIGKILL)
}

// signalTree sends signals to every process of p: to its group at once, then
// to each one that has left the group. It returns those it found.
func (s *Set) signalTree(p *process, signals ...syscall.Signal) []member {
	s.adopt()
	var strays []member
	tree := s.kernel.sight.below(s.roots(p))
	for _, m := range tree {
		s.claim(p, m.pid)
		if group, err := unix.Getpgid(m.pid); err == nil && group != p.pid && m.pid != p.pid {
			strays = append(strays, m)
		}
	}
	for _, sig := range signals {
		signalGroup(p.pid, sig)
	}
	for _, m := range strays {
		m.signal(signals)
	}
	return tree
}

// signalGroup signals the group of a leader, or the leader while it has none yet.
func signalGroup(leader int, sig syscall.Signal) {
	if errors.Is(unix.Kill(-leader, sig), unix.ESRCH) {
		_ = unix.Kill(leader, sig)
	}
}

// roots returns the children of this program that are the tops of p's tree.
func (s *Set) roots(p *process) []member {
	own := os.Getpid()
	roots := []member{{p.pid, own}}
	if p.orphans == 0 {
		return roots
	}
	for _, o := range s.orphans {
		if o.owner == p {
			roots = append(roots, member{o.pid, own})
		}
	}
	return roots
}
