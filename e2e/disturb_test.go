//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// disturbance is a fault of the soak.
type disturbance struct {
	name     string
	harmless bool // no command can notice it
	do       func(*soak) error
}

var disturbances = []disturbance{
	{"kill the front", false, (*soak).killFront},
	{"kill the supervisor", false, (*soak).killSupervisor},
	{"kill both", false, (*soak).killBoth},
	{"kill a child", false, func(s *soak) error { return s.strike(s.child(), syscall.SIGKILL) }},
	{"terminate", false, func(s *soak) error { return s.strike(s.front.Process.Pid, syscall.SIGTERM) }},
	{"hang up the supervisor", false, func(s *soak) error { return s.strike(s.supervisor(), syscall.SIGHUP) }},
	{"pause the front", true, func(s *soak) error { return s.pause(s.front.Process.Pid, syscall.SIGSTOP) }},
	{"pause by the terminal", true, func(s *soak) error { return s.pause(s.front.Process.Pid, syscall.SIGTSTP) }},
	{"pause the supervisor", true, func(s *soak) error { return s.pause(s.supervisor(), syscall.SIGSTOP) }},
	{"pause a child", true, func(s *soak) error { return s.pause(s.child(), syscall.SIGSTOP) }},
	{"remove the base", true, (*soak).removeBase},
	{"move the base", true, (*soak).moveBase},
	{"overflow", true, (*soak).overflow},
	{"few files", false, (*soak).fewFiles},
}

func (s *soak) supervisor() int { return supervisorOf(s.front.Process.Pid) }

// child is any process of the run's commands, 0 if there is none.
func (s *soak) child() int {
	var pids []int
	supervisor := s.supervisor()
	for _, pid := range processesOf(s.dir) {
		if pid != s.front.Process.Pid && pid != supervisor {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		return 0
	}
	return pids[s.random.IntN(len(pids))]
}

// strike sends a signal to what may have ended, or not begun, already.
func (s *soak) strike(pid int, signal syscall.Signal) error {
	if pid == 0 || isClosed(s.ended) {
		return nil
	}
	if err := syscall.Kill(pid, signal); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

func (s *soak) killFront() error {
	s.frontKilled = true
	return s.strike(s.front.Process.Pid, syscall.SIGKILL)
}

func (s *soak) killSupervisor() error {
	s.supervisorKilled = true
	return s.strike(s.supervisor(), syscall.SIGKILL)
}

// killBoth stops the supervisor first: it would end what runs if it were let. It is
// killed even if the end of the front has been seen by then, which strike does not do.
func (s *soak) killBoth() error {
	supervisor := s.supervisor()
	if supervisor == 0 {
		return nil
	}
	s.supervisorKilled = true
	err := errors.Join(s.strike(supervisor, syscall.SIGSTOP), s.killFront())
	kill(supervisor)
	return err
}

func (s *soak) pause(pid int, signal syscall.Signal) error {
	if err := s.strike(pid, signal); err != nil {
		return err
	}
	time.Sleep(time.Duration(s.random.IntN(100)) * time.Millisecond) // any time will do
	return s.strike(pid, syscall.SIGCONT)
}

func (s *soak) ext() string { return filepath.Join(s.dir, "ext") }

func (s *soak) removeBase() error {
	return errors.Join(os.MkdirAll(filepath.Join(s.ext(), "x"), 0o777), os.RemoveAll(s.ext()))
}

func (s *soak) moveBase() error {
	return errors.Join(os.MkdirAll(s.ext(), 0o777), os.Rename(s.ext(), fmt.Sprintf("%s.%d", s.ext(), len(s.told))))
}

// overflow makes more events than inotify keeps while nobody reads them.
func (s *soak) overflow() error {
	text, err := os.ReadFile("/proc/sys/fs/inotify/max_queued_events")
	if err != nil {
		return err
	}
	most, err := strconv.Atoi(string(text[:len(text)-1]))
	if err != nil {
		return err
	}
	supervisor := s.supervisor()
	if err := errors.Join(os.MkdirAll(s.ext(), 0o777), s.strike(supervisor, syscall.SIGSTOP)); err != nil {
		return err
	}
	for i := range min(most, 20_000)/2 + 1 {
		name := filepath.Join(s.ext(), strconv.Itoa(i))
		if err := errors.Join(os.Mkdir(name, 0o777), os.Remove(name)); err != nil {
			return err
		}
	}
	return s.strike(supervisor, syscall.SIGCONT)
}

// fewFiles lets the supervisor open hardly any more for a while.
func (s *soak) fewFiles() error {
	pid := s.supervisor()
	if pid == 0 {
		return nil
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		return nil // it is gone
	}
	var before unix.Rlimit
	few := unix.Rlimit{Cur: uint64(len(open) + s.random.IntN(6)), Max: unix.RLIM_INFINITY}
	if err := markFewFiles(s.dir); err != nil {
		return err
	}
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &before); err != nil {
		return nil // as above
	}
	few.Max = before.Max
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, &few, nil); err != nil {
		return nil
	}
	time.Sleep(time.Duration(s.random.IntN(200)) * time.Millisecond) // any time will do
	_ = unix.Prlimit(pid, unix.RLIMIT_NOFILE, &before, nil)
	return nil
}
