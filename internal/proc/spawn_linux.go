package proc

import (
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

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
	p := &process{id: id, spec: spec, pidfd: -1, pipe: -1, writeEnd: -1}
	if err := s.spawn(p, path); err != nil {
		return 0, s.explain(spec, path, err)
	}
	s.procs[id] = p
	s.claim(p, p.pid)
	return p.pid, nil
}

// spawn makes the streams and the process, and has epoll report both.
func (s *Set) spawn(p *process, path string) error {
	streams, err := s.openStreams(p)
	if err != nil {
		return err
	}
	if err := s.launch(p, path, streams); err != nil {
		s.closePipe(p)
		return err
	}
	p.exitToken, err = s.add(p.pidfd, unix.EPOLLIN|unix.EPOLLONESHOT, source{p: p})
	if err == nil {
		p.pipeToken, err = s.add(p.pipe, unix.EPOLLIN, source{p: p, output: true})
	}
	if err != nil {
		s.abandon(p)
	}
	return err
}

// openStreams opens the pipe or terminal of p, and returns what becomes fds 0 to 2 of
// the command. This program keeps the command's end of it open too, until the command
// is over: the exit of the last that writes would wake it else, just before that exit
// itself does. So there is no end of file.
func (s *Set) openStreams(p *process) (streams []uintptr, err error) {
	if p.spec.TTY {
		if err := s.openTerminal(p); err != nil {
			return nil, err
		}
		end := uintptr(p.writeEnd)
		return []uintptr{end, end, end}, nil
	}
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC); err != nil {
		return nil, err
	}
	p.pipe, p.writeEnd = pipe[0], pipe[1]
	// Only here, and only on this end: the command's writes block.
	_, _ = unix.FcntlInt(uintptr(p.pipe), unix.F_SETFL, unix.O_NONBLOCK)
	end := uintptr(p.writeEnd)
	return []uintptr{uintptr(s.null), end, end}, nil
}

// spareFiles are left free for looks at /proc and for the rest of this program,
// when commands have used up all others. So is one for each command, which its output
// may be written to.
const spareFiles = 16

// errNoFork says that a leader has to be started by way of the syscall package.
var errNoFork = errors.New("cannot fork without the runtime")

// launch starts the leader of p.
func (s *Set) launch(p *process, path string, streams []uintptr) error {
	if p.writeEnd >= s.fileLimit-spareFiles-len(s.procs) {
		return unix.EMFILE // numbers are given lowest first
	}
	return whileBusy(func() error {
		if !s.kernel.plain {
			err := s.fork(p, path, streams)
			if !errors.Is(err, errNoFork) {
				return err
			}
		}
		return s.forkPlainly(p, path, streams)
	})
}

// forkPlainly works everywhere.
func (s *Set) forkPlainly(p *process, path string, streams []uintptr) (err error) {
	attr := &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL, Setctty: p.spec.TTY}
	if s.kernel.pidfd {
		attr.PidFD = &p.pidfd
	}
	p.pid, err = syscall.ForkExec(path, p.spec.Argv, &syscall.ProcAttr{
		Dir: p.spec.Dir, Env: p.spec.Env, Files: streams, Sys: attr,
	})
	return err
}

// explain adds how many commands run to the cause of a failed start.
func (s *Set) explain(spec Spec, path string, err error) *StartError {
	problem := explain(spec, path, err)
	if problem.Passing {
		problem.Reason += fmt.Sprintf(" (%d running)", len(s.procs))
	}
	return problem
}

// abandon ends a leader that epoll refused to watch.
func (s *Set) abandon(p *process) {
	_ = unix.Kill(-p.pid, unix.SIGKILL)
	_, _ = wait4(p.pid, 0)
	s.closePipe(p)
	s.closeExit(p)
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
