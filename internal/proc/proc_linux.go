package proc

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The longest that a blocking Wait sleeps before it looks for processes that
// were orphaned without a word. While nothing is started and no orphan found it
// doubles up to tickCalm: each look wakes this program up.
const (
	tickRunning = time.Second
	tickCalm    = 8 * time.Second
	tickEnding  = 100 * time.Millisecond
)

// wakeToken is the epoll token of the eventfd; sources count from 1.
const wakeToken = 0

// Set is the running commands of this program. There is one at a time: it
// makes the program the parent of every orphan below it.
//
// Other code may start processes too, but not in sessions of their own: a
// child in a foreign session is taken for an orphan of a command.
type Set struct {
	epoll, wake, null int
	kernel            kernel
	adopted           int          // the open list of adopted processes, or -1
	session           int          // of this program
	size              unix.Winsize // of all terminals
	// fileLimit is how many files this program may have open.
	fileLimit int
	softFiles func() uint64
	// unwatch ends what tells of exits where there is no pidfd.
	unwatch func()
	woken   atomic.Bool

	token   int32
	sources map[int32]source
	procs   map[ID]*process
	// owners says which command a process number or session number belongs to.
	owners  map[int]*process
	orphans map[int]*orphan
	dying   int // how many orphans are
	// ending are the commands whose leader is dead and whose tree is not.
	ending []*process
	ended  []Exit
	// births are the commands that do not execute their program yet; wait is how long
	// until that is looked at again, if nothing happens before.
	births []*process
	wait   time.Duration
	begun  []Begun
	// looked is when orphans were looked for, the token then the latest, and the
	// pause until that is due again.
	looked      time.Time
	lookedToken int32
	pause       time.Duration

	events     []unix.EpollEvent
	small, big []byte
}

// source is what an epoll token stands for: the exit of p, its output, or the
// exit of an orphan.
type source struct {
	p      *process
	output bool
	orphan *orphan
}

// process is one command.
type process struct {
	id   ID
	spec Spec
	path string
	// child is set until the program at path is executed.
	child *child
	// pid is the leader, its process group and its session. It stays a zombie,
	// and so the number its own, until the command is reported.
	pid        int
	pidfd      int // -1 where the kernel has none
	exitToken  int32
	pipe       int // to read from, or its terminal; -1 once closed
	pipeToken  int32
	pipeGrown  bool
	wrote      bool
	writeEnd   int // of that, kept open (openStreams), or -1
	terminated bool
	killed     time.Time // when SIGKILL was due; zero before
	dead       bool      // the leader is
	orphans    int
	claims     []int // its entries in Set.owners
}

// NewSet prepares this process to supervise commands. The calling goroutine
// must be locked to its thread and stay so until after Close: the kernel kills
// the commands when the thread that started them ends. Any thread will do, but
// on the main thread each exit costs a look at all running commands.
func NewSet() (*Set, error) {
	s := &Set{
		epoll: -1, wake: -1, null: -1, adopted: -1,
		sources:   map[int32]source{},
		procs:     map[ID]*process{},
		owners:    map[int]*process{},
		orphans:   map[int]*orphan{},
		events:    make([]unix.EpollEvent, 128),
		small:     make([]byte, pipeSize),
		size:      unix.Winsize{Row: 24, Col: 80},
		pause:     tickRunning,
		unwatch:   func() {},
		softFiles: func() uint64 { return 0 },
	}
	if err := s.open(); err != nil {
		s.free()
		return nil, err
	}
	return s, nil
}

func (s *Set) open() (err error) {
	s.kernel = lookAtKernel()
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot supervise: become the parent of orphans: %w", err)
	}
	s.fileLimit = fileLimit()
	keepFiles(&s.kernel)
	if err := keepSignals(); err != nil {
		return err
	}
	if s.session, err = unix.Getsid(0); err != nil {
		return fmt.Errorf("cannot supervise: getsid: %w", err)
	}
	if s.null, err = unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		return fmt.Errorf("cannot supervise: open /dev/null: %w", err)
	}
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return fmt.Errorf("cannot supervise: epoll: %w", err)
	}
	if s.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return fmt.Errorf("cannot supervise: eventfd: %w", err)
	}
	if s.adopted, err = unix.Open(adoptedList(), unix.O_RDONLY|unix.O_CLOEXEC, 0); err != nil {
		s.adopted = -1
	}
	if !s.kernel.pidfd {
		s.unwatch = s.watchChildren()
	} else if err := unhearExits(); err != nil {
		return err
	}
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, s.wake, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: wakeToken})
}

// Wait delivers output, notices which commands have begun, which Begun returns, and
// which are done, and appends those to exits. With block it returns when one has begun
// or is done, or after Wake; without, it does what is due and returns. It may take up to
// 0.6 s where a program is busy.
func (s *Set) Wait(block bool, exits []Exit) []Exit {
	for {
		woken := s.turn(block)
		if len(s.ended) > 0 || len(s.begun) > 0 || woken || !block {
			exits = append(exits, s.ended...)
			s.ended = s.ended[:0]
			return exits
		}
	}
}

// turn waits for events once, handles them, and reports a Wake among them.
func (s *Set) turn(block bool) (woken bool) {
	n, err := unix.EpollWait(s.epoll, s.events, s.timeout(block))
	if err != nil { // EINTR: the runtime's own signals
		return false
	}
	s.attendBirths() // before exits: what has exited has begun
	if n == 0 && block {
		s.wait = min(2*s.wait, longestWait)
	}
	for _, event := range s.events[:n] {
		if event.Fd == wakeToken {
			s.clearWake()
			woken = true
			continue
		}
		s.handle(event.Fd)
	}
	if !s.kernel.pidfd {
		s.lookForExits()
	}
	s.tick()
	if len(s.ending) > 0 {
		s.settle()
	}
	return woken
}

// timeout returns what epoll_wait takes: milliseconds, or -1 for ever.
func (s *Set) timeout(block bool) int {
	switch {
	case !block || len(s.begun) > 0:
		return 0
	case len(s.births) > 0 && (len(s.ending) == 0 || s.wait < tickEnding):
		return int(s.wait.Milliseconds())
	case len(s.ending) > 0:
		return int(tickEnding.Milliseconds())
	case len(s.procs) > 0 || len(s.orphans) > 0:
		return int(s.untilLook().Milliseconds())
	}
	return -1
}

// tick reaps, now and then, the orphans that no event tells of.
func (s *Set) tick() {
	now := time.Now()
	if now.Sub(s.looked) < s.untilLook() && len(s.ending) == 0 {
		return
	}
	token := s.token
	s.reapOrphans()
	s.looked, s.lookedToken, s.pause = now, token, min(2*s.untilLook(), tickCalm)
}

// untilLook is the time between two looks for orphans: the shortest after each new
// source, a command or an orphan.
func (s *Set) untilLook() time.Duration {
	if s.token != s.lookedToken {
		return tickRunning
	}
	return s.pause
}

// handle passes an event on. A source that an earlier event of the same turn
// has removed is gone from the map.
func (s *Set) handle(token int32) {
	from, ok := s.sources[token]
	switch {
	case !ok:
	case from.orphan != nil:
		s.reapOrphan(from.orphan)
	case from.output:
		s.receive(from.p)
	default:
		s.leaderExited(from.p)
	}
}

// leaderExited ends what the leader left behind, unless the command is being
// terminated: then the rest of its tree has the same grace.
func (s *Set) leaderExited(p *process) {
	if p.child != nil {
		if p.child.failure() != nil {
			return // attendBirths comes to it
		}
		s.beginLate(p)
	}
	p.dead = true
	s.adopt()
	if !p.terminated || !p.killed.IsZero() || s.kernel.sight == blind {
		s.killTree(p)
	}
	if !s.empty(p) || !s.finish(p) {
		s.ending = append(s.ending, p)
	}
}

// finish delivers what is left in the pipe, reaps the leader and reports the
// command. It returns false while a debugger keeps the leader.
func (s *Set) finish(p *process) bool {
	s.receive(p)
	status, reaped := wait4(p.pid, unix.WNOHANG)
	if !reaped {
		return false
	}
	s.closePipe(p)
	s.closeExit(p)
	s.disown(p)
	delete(s.procs, p.id)
	s.ended = append(s.ended, exitOf(p.id, syscall.WaitStatus(status)))
	return true
}

func (s *Set) closeExit(p *process) {
	closeAll(p.pidfd)
	p.pidfd = -1
	delete(s.sources, p.exitToken)
}

// Terminate asks every process of the command to end: its stop signal, then
// SIGCONT, which a stopped process needs to see it. From then on the command
// is reported when its whole tree has ended, or after Kill.
func (s *Set) Terminate(id ID) {
	if p := s.procs[id]; p != nil {
		p.terminated = true
		s.signalTree(p, p.stopSignal(), unix.SIGCONT)
	}
}

// stopSignal is SIGTERM as long as there is no program that knows another, which could
// be ignored, or have the kernel write down the memory that the child has from here.
func (p *process) stopSignal() syscall.Signal {
	if p.child != nil && !p.child.over() {
		return unix.SIGTERM
	}
	return p.spec.stopSignal()
}

// Asked says that somebody else has asked the command to end: it is as after
// Terminate, and nothing is sent.
func (s *Set) Asked(id ID) {
	if p := s.procs[id]; p != nil {
		p.terminated = true
	}
}

// Kill ends every process of the command.
func (s *Set) Kill(id ID) {
	p := s.procs[id]
	switch {
	case p == nil:
	case p.killed.IsZero():
		s.killTree(p)
		s.hangUp(p)
	default:
		s.signalTree(p, unix.SIGKILL)
	}
}

// Running returns how many commands were started and not yet reported.
func (s *Set) Running() int { return len(s.procs) }

// Pid returns the process number of a command's leader, 0 if it is not running.
func (s *Set) Pid(id ID) int {
	if p := s.procs[id]; p != nil {
		return p.pid
	}
	return 0
}

// Wake makes a blocking Wait return, this one or else the next. Any goroutine
// may call it, also after Close.
func (s *Set) Wake() {
	if s.woken.CompareAndSwap(false, true) {
		_, _ = unix.Write(s.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	}
}

// clearWake takes the wake-up back before the flag: the other way round, a Wake
// in between would leave the flag set and the eventfd empty.
func (s *Set) clearWake() {
	var count [8]byte
	_, _ = unix.Read(s.wake, count[:])
	s.woken.Store(false)
}

// wait4 reaps the child pid and reports whether it is gone: reaped now, or no
// child any more.
func wait4(pid, options int) (status unix.WaitStatus, gone bool) {
	for {
		n, err := unix.Wait4(pid, &status, options, nil)
		if !errors.Is(err, unix.EINTR) {
			return status, n == pid || err != nil
		}
	}
}
