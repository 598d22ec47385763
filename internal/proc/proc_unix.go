//go:build unix && !linux

package proc

import (
	"errors"
	"os"
	"slices"
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
}

// process is one command; its group has the number of its leader.
type process struct {
	id         ID
	spec       Spec
	pid        int
	terminated chan struct{} // closed by Terminate and Kill
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
// error is a *StartError. It may take up to 0.6 s where a cause may pass.
func (s *Set) Start(id ID, spec Spec) (pid int, err error) {
	path, err := prepare(spec)
	if err != nil {
		return 0, err
	}
	if s.procs[id] != nil {
		return 0, inUse(id, spec)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, explain(spec, path, err)
	}
	defer w.Close()
	p := &process{id: id, spec: spec, terminated: make(chan struct{}), delivered: make(chan struct{})}
	if err := p.spawn(path, s.null, w); err != nil {
		r.Close()
		return 0, explain(spec, path, err)
	}
	s.procs[id] = p
	go s.watch(p, r)
	return p.pid, nil
}

func (p *process) spawn(path string, null, w *os.File) error {
	return launch(func() (err error) {
		p.pid, err = syscall.ForkExec(path, p.spec.Argv, &syscall.ProcAttr{
			Dir:   p.spec.Dir,
			Env:   p.spec.Env,
			Files: []uintptr{null.Fd(), w.Fd(), w.Fd()},
			Sys:   &syscall.SysProcAttr{Setsid: true},
		})
		return err
	})
}

// outputSilence is how long, after the end of a tree, its pipe may stay open
// in the hands of a process that has left the group.
const outputSilence = 250 * time.Millisecond

// watch follows p to its end.
func (s *Set) watch(p *process, r *os.File) {
	read := make(chan struct{})
	go func() {
		defer close(read)
		s.read(p, r)
	}()
	status := waitLeader(p.pid)
	p.endGroup()
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

// endGroup kills what the leader left in its group, or, when the command is
// being terminated, waits until the group is empty.
func (p *process) endGroup() {
	for {
		select {
		case <-p.terminated:
		default:
			_ = syscall.Kill(-p.pid, syscall.SIGKILL)
			return
		}
		if syscall.Kill(-p.pid, 0) != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (s *Set) read(p *process, r *os.File) {
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			s.events <- event{p: p, data: buf[:n]}
			<-p.delivered
		}
		if err != nil {
			return
		}
	}
}

// Wait delivers output, notices which commands are done and appends them to
// exits. With block it returns when one is done or after Wake; without, it
// does what is due and returns.
func (s *Set) Wait(block bool, exits []Exit) []Exit {
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
		p.markTerminated()
		_ = syscall.Kill(-p.pid, p.spec.stopSignal())
		_ = syscall.Kill(-p.pid, syscall.SIGCONT)
	}
}

// Kill ends every process of the command's group.
func (s *Set) Kill(id ID) {
	if p := s.procs[id]; p != nil {
		p.markTerminated()
		_ = syscall.Kill(-p.pid, syscall.SIGKILL)
	}
}

func (p *process) markTerminated() {
	select {
	case <-p.terminated:
	default:
		close(p.terminated)
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
func (s *Set) Close(limit time.Duration) (left []int) {
	for id := range s.procs {
		s.Kill(id)
	}
	late := time.AfterFunc(limit, s.Wake)
	defer late.Stop()
	for deadline := time.Now().Add(limit); len(s.procs) > 0 && time.Now().Before(deadline); {
		s.Wait(true, nil)
	}
	for _, p := range s.procs {
		left = append(left, p.pid)
	}
	slices.Sort(left)
	s.null.Close()
	return left
}
