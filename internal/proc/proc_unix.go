//go:build unix && !linux

package proc

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"time"
)

// Set is the running commands of this program. Without Linux's pidfd and
// subreaper it has two goroutines for each command and knows process groups
// only: what leaves its group is not found again.
type Set struct {
	null   *os.File
	procs  map[ID]*process
	events chan event
	wake   chan struct{}
	begun  []Begun
}

// process is one command; its group has the number of its leader.
type process struct {
	id         ID
	spec       Spec
	pid        int
	terminated chan struct{} // closed by Terminate
	killed     chan struct{} // closed by Kill
	ended      chan struct{} // closed when the group has ended
	delivered  chan struct{} // answers an event with output
}

// event is output of p, or with data nil its end.
type event struct {
	p      *process
	data   []byte
	status syscall.WaitStatus
}

// NewSet prepares this process to supervise commands.
func NewSet() (*Set, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, errors.New("cannot supervise: " + err.Error())
	}
	return &Set{
		null:   null,
		procs:  map[ID]*process{},
		events: make(chan event),
		wake:   make(chan struct{}, 1),
	}, nil
}

// Start starts a command and returns the process number of its leader. The
// error is a *StartError. It returns when the program is executed, and may take up to
// 0.6 s where a cause may pass.
func (s *Set) Start(id ID, spec Spec) (pid int, err error) {
	path, err := prepare(spec)
	if err != nil {
		return 0, err
	}
	if spec.TTY {
		return 0, &StartError{Code: CodeNotStarted, Program: spec.Argv[0], Reason: "a terminal for it (tty) is not supported on this system yet"}
	}
	if s.procs[id] != nil {
		return 0, inUse(id, spec)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, explain(spec, path, err)
	}
	defer w.Close()
	p := &process{
		id: id, spec: spec,
		terminated: make(chan struct{}), killed: make(chan struct{}),
		ended: make(chan struct{}), delivered: make(chan struct{}),
	}
	if err := p.spawn(path, s.null, w); err != nil {
		r.Close()
		return 0, explain(spec, path, err)
	}
	s.procs[id] = p
	s.begun = append(s.begun, Begun{ID: id, Pid: p.pid})
	go s.watch(p, r)
	return p.pid, nil
}

func (p *process) spawn(path string, null, w *os.File) error {
	return whileBusy(func() (err error) {
		p.pid, err = syscall.ForkExec(path, p.spec.Argv, &syscall.ProcAttr{
			Dir:   p.spec.Dir,
			Env:   p.spec.Env,
			Files: []uintptr{null.Fd(), w.Fd(), w.Fd()},
			Sys:   &syscall.SysProcAttr{Setsid: true},
		})
		return err
	})
}

// What is read after the end of a group, whose pipe a process that has left it
// may hold open: until so long a silence, and at most more than a pipe holds.
const (
	outputSilence = 250 * time.Millisecond
	outputRest    = 1 << 20
)

// watch follows p to its end.
func (s *Set) watch(p *process, r *os.File) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.read(p, r)
	}()
	status := waitLeader(p.pid)
	p.endGroup()
	close(p.ended)
	_ = r.SetReadDeadline(time.Now().Add(outputSilence))
	<-read
	r.Close()
	s.events <- event{p: p, status: status}
}

func waitLeader(pid int) (status syscall.WaitStatus) {
	for {
		if _, err := syscall.Wait4(pid, &status, 0, nil); err != syscall.EINTR {
			return status
		}
	}
}

// groupPoll is how often to look whether a group has ended; nothing tells.
const groupPoll = 20 * time.Millisecond

// endGroup kills what the leader left in its group. While the command is being
// terminated it first waits until the group is empty, or for Kill.
func (p *process) endGroup() {
	for isClosed(p.terminated) && syscall.Kill(-p.pid, 0) == nil {
		select {
		case <-p.killed:
			return
		case <-time.After(groupPoll):
		}
	}
	_ = syscall.Kill(-p.pid, syscall.SIGKILL)
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (s *Set) read(p *process, r *os.File) {
	buf := make([]byte, 64<<10)
	for rest := outputRest; rest > 0; {
		n, err := r.Read(buf)
		if n > 0 {
			s.events <- event{p: p, data: buf[:n]}
			<-p.delivered
		}
		if err != nil {
			return
		}
		if isClosed(p.ended) {
			rest -= n
			_ = r.SetReadDeadline(time.Now().Add(outputSilence))
		}
	}
}

// Wait delivers output, notices which commands are done and appends them to exits.
// With block it returns when one is done or has begun, or after Wake; without, it does
// what is due and returns.
func (s *Set) Wait(block bool, exits []Exit) []Exit {
	block = block && len(s.begun) == 0
	for {
		select {
		case e := <-s.events:
			if exit, done := s.handle(e); done {
				return append(exits, exit)
			}
			continue
		case <-s.wake:
			return exits
		default:
			if !block {
				return exits
			}
		}
		select {
		case e := <-s.events:
			if exit, done := s.handle(e); done {
				return append(exits, exit)
			}
		case <-s.wake:
			return exits
		}
	}
}

func (s *Set) handle(e event) (exit Exit, done bool) {
	if e.data == nil {
		delete(s.procs, e.p.id)
		return exitOf(e.p.id, e.status), true
	}
	if e.p.spec.Output != nil {
		e.p.spec.Output(e.data)
	}
	e.p.delivered <- struct{}{}
	return exit, false
}

// Wake makes a blocking Wait return, this one or else the next. Any goroutine
// may call it, also after Close.
func (s *Set) Wake() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Terminate asks every process of the command's group to end. From then on the
// command is reported when its group has ended, or after Kill.
func (s *Set) Terminate(id ID) {
	if p := s.procs[id]; p != nil {
		closeOnce(p.terminated)
		_ = syscall.Kill(-p.pid, p.spec.stopSignal())
		_ = syscall.Kill(-p.pid, syscall.SIGCONT)
	}
}

// Asked says that somebody else has asked the command to end: it is as after
// Terminate, and nothing is sent.
func (s *Set) Asked(id ID) {
	if p := s.procs[id]; p != nil {
		closeOnce(p.terminated)
	}
}

// Kill ends every process of the command's group.
func (s *Set) Kill(id ID) {
	if p := s.procs[id]; p != nil {
		_ = syscall.Kill(-p.pid, syscall.SIGKILL)
		closeOnce(p.killed)
	}
}

func closeOnce(c chan struct{}) {
	if !isClosed(c) {
		close(c)
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

// Close ends the groups of all running commands. It takes at most limit, and
// returns the leaders of those that have not ended then.
func (s *Set) Close(limit time.Duration) (left []Member) {
	for id := range s.procs {
		s.Kill(id)
	}
	s.begun = nil // Wait would not block else
	late := time.AfterFunc(limit, s.Wake)
	defer late.Stop()
	for deadline := time.Now().Add(limit); len(s.procs) > 0 && time.Now().Before(deadline); {
		s.Wait(true, nil)
	}
	for _, p := range s.procs {
		left = append(left, Member{p.pid, strings.Join(p.spec.Argv, " ")})
	}
	s.null.Close()
	return left
}
