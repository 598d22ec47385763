//go:build unix && !linux

package proc

import (
	"errors"
	"syscall"
	"time"
)

// What follows is Linux's, or is done with less here.

// Pause stops the groups of all commands.
func (s *Set) Pause() { s.signalAll(syscall.SIGSTOP) }

// Resume continues what Pause has stopped.
func (s *Set) Resume() { s.signalAll(syscall.SIGCONT) }

func (s *Set) signalAll(sig syscall.Signal) {
	for _, p := range s.procs {
		_ = syscall.Kill(-p.pid, sig)
	}
}

// Resize does nothing: there are no terminals for commands.
func (s *Set) Resize(rows, cols uint16) {}

// SoftFiles does nothing: the syscall package knows.
func (s *Set) SoftFiles(func() uint64) {}

// Warnings says what this system lacks.
func (s *Set) Warnings() []string {
	return []string{"this system gives orphans to process 1: what leaves the process group of its command is not ended"}
}

// WhyAlive says what is known of why m has not ended.
func (m Member) WhyAlive() string { return "it is still alive" }

// EndAll does nothing: orphans are not this program's children.
func EndAll(sig syscall.Signal, grace, limit time.Duration, group *Cgroup) (ended, left []Member) {
	return nil, nil
}

// Cgroup is a control group, which only Linux has.
type Cgroup struct{}

// Delegated always fails.
func Delegated(name string) (*Cgroup, error) {
	return nil, errors.New("cannot make a control group: this system has none")
}

// FD is never called.
func (c *Cgroup) FD() int { return -1 }

// Remove is never called.
func (c *Cgroup) Remove() error { return nil }
