package proc

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// Start makes the process that is to execute a command, and returns its number. The
// error is a *StartError; Begun tells of later ones. Where fork cannot, it waits until
// the program is executed, up to 0.6 s where that is busy.
func (s *Set) Start(id ID, spec Spec) (pid int, err error) {
	path, err := prepare(spec)
	if err != nil {
		return 0, err
	}
	if s.procs[id] != nil {
		return 0, inUse(id, spec)
	}
	p := &process{id: id, spec: spec, path: path, pidfd: -1, pipe: -1, writeEnd: -1}
	if err := s.spawn(p); err != nil {
		return 0, s.explain(p, err)
	}
	s.procs[id] = p
	if p.child != nil {
		s.births, s.wait = append(s.births, p), firstWait
	} else {
		s.begun = append(s.begun, Begun{ID: id, Pid: p.pid})
	}
	return p.pid, nil
}

// spawn makes the streams and the process, and has epoll report both.
func (s *Set) spawn(p *process) error {
	if err := s.openStreams(p); err != nil {
		return err
	}
	err := s.launch(p)
	if err != nil {
		s.closePipe(p)
		return err
	}
	p.pipeToken, err = s.add(p.pipe, unix.EPOLLIN, source{p: p, output: true})
	if err == nil {
		err = s.watchLeader(p)
	}
	if err != nil {
		s.abandon(p)
	}
	return err
}

// watchLeader has epoll report the exit of p's leader, whose number belongs to it.
func (s *Set) watchLeader(p *process) (err error) {
	s.claim(p, p.pid)
	p.exitToken, err = s.add(p.pidfd, unix.EPOLLIN|unix.EPOLLONESHOT, source{p: p})
	return err
}

// openStreams opens the pipe or terminal of p. This program keeps the command's end of
// it open too, until the command is over: the exit of the last that writes would wake it
// else, just before that exit itself does. So there is no end of file.
func (s *Set) openStreams(p *process) error {
	if p.spec.TTY {
		return s.openTerminal(p)
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return err
	}
	p.pipe, p.writeEnd = pipe[0], pipe[1]
	// Only here, and only on this end: the command's writes block.
	_, _ = unix.FcntlInt(uintptr(p.pipe), unix.F_SETFL, unix.O_NONBLOCK)
	return nil
}

// streamsOf returns what becomes fds 0 to 2 of a command.
func (s *Set) streamsOf(p *process) []uintptr {
	in, end := uintptr(s.null), uintptr(p.writeEnd)
	if p.spec.TTY {
		in = end
	}
	return []uintptr{in, end, end}
}

// spareFiles are left free for looks at /proc and for the rest of this program,
// when commands have used up all others.
const spareFiles = 16

// errNoFork says that a leader has to be started by way of the syscall package.
var errNoFork = errors.New("cannot fork without the runtime")

// launch makes the leader of p.
func (s *Set) launch(p *process) error {
	if room := s.fileLimit - spareFiles - p.writeEnd; room <= len(s.procs) && room <= s.silent() {
		return unix.EMFILE // numbers are given lowest first; one is for the log of each command
	}
	if !s.kernel.plain {
		if err := s.fork(p); !errors.Is(err, errNoFork) {
			return err
		}
	}
	return s.forkPlainly(p)
}

// silent is how many commands have written nothing yet, and so may have no log open.
func (s *Set) silent() int {
	n := 0
	for _, p := range s.procs {
		if !p.wrote {
			n++
		}
	}
	return n
}

// forkPlainly works everywhere. It returns when the program is executed, and takes up
// to 0.6 s where the program is busy.
func (s *Set) forkPlainly(p *process) error {
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Setctty: p.spec.TTY}
	if s.kernel.pidfd {
		attr.PidFD = &p.pidfd
	}
	return whileBusy(func() (err error) {
		p.pid, err = syscall.ForkExec(p.path, p.spec.Argv, &syscall.ProcAttr{
			Dir: p.spec.Dir, Env: p.spec.Env, Files: s.streamsOf(p), Sys: attr,
		})
		return err
	})
}

// explain adds how many commands run to the cause of a failed start.
func (s *Set) explain(p *process, err error) *StartError {
	problem := explain(p.spec, p.path, err)
	if problem.Passing {
		problem.Reason += fmt.Sprintf(" (%d running)", len(s.procs))
	}
	return problem
}

// abandon ends a leader that epoll refused to watch.
func (s *Set) abandon(p *process) {
	signalGroup(p.pid, unix.SIGKILL)
	_, _ = wait4(p.pid, 0)
	s.closePipe(p)
	s.closeExit(p)
	s.disown(p)
}

// add has epoll report events of fd, if there is one, and returns the token of
// the source.
func (s *Set) add(fd int, events uint32, from source) (int32, error) {
	s.token++
	if s.token == wakeToken {
		s.token++
	}
	if fd < 0 {
		return s.token, nil
	}
	err := unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: events, Fd: s.token})
	if err != nil {
		return 0, err
	}
	s.sources[s.token] = from
	return s.token, nil
}
