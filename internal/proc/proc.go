//go:build unix

// Package proc starts commands, reads what they write, signals them, notices
// how they end, and leaves nothing of them behind.
//
// A command is a tree of processes: its leader and everything that descends
// from it. Each leader has a session of its own, /dev/null as stdin, one pipe
// for stdout and stderr (or a terminal as all three), no other open file, and no
// signal ignored or blocked. A command is done when its
// leader has exited, not when its pipe is at end of file; what the leader
// leaves behind is ended.
//
// One goroutine owns a Set and makes every call but Wake. On Linux it works
// without a goroutine or thread per command.
package proc

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// ID names a command. The caller chooses it; it must not be in use in the Set.
type ID uint64

// Spec says what to start.
type Spec struct {
	// Argv is the program and its arguments. A program without a slash is
	// looked up in the PATH of Env.
	Argv []string
	// Dir is the absolute working directory; "" is that of the caller.
	// Relative programs and relative elements of PATH start from it.
	Dir string
	// Env is the complete environment, "K=V". It must not be changed later.
	Env []string
	// Marks are those entries of Env that no other command has all of. By them a
	// process is known that has left the tree and kept its environment.
	Marks []string
	// Output receives the bytes of stdout and stderr in the order they were
	// written. It is called by Wait only; p is valid during the call. nil
	// drops them.
	Output func(p []byte)
	// StopSignal is what Terminate sends; 0 is SIGTERM.
	StopSignal syscall.Signal
	// TTY gives the command a pseudo terminal of its own instead of /dev/null
	// and a pipe. Nobody types there: a read of it blocks. It is hung up when
	// the command is over.
	TTY bool
}

// stopSignal returns the signal that asks the command to end.
func (s Spec) stopSignal() syscall.Signal {
	if s.StopSignal == 0 {
		return syscall.SIGTERM
	}
	return s.StopSignal
}

// marks says whether an environment bears the marks of the command.
func (s Spec) marks(env []string) bool {
	for _, mark := range s.Marks {
		if !slices.Contains(env, mark) {
			return false
		}
	}
	return len(s.Marks) > 0
}

// Begun says that the program of a command is being executed, or why it cannot be.
type Begun struct {
	ID ID
	// Pid is the leader. It is not that of Start if the program was busy at first.
	Pid int
	// Err is nil or a *StartError. The command is over then, without an Exit.
	Err error
}

// Begun returns what has begun since the last call. A command begins before its exit
// is reported. The slice is valid until the next Start or Wait.
func (s *Set) Begun() []Begun {
	begun := s.begun
	s.begun = s.begun[:0]
	return begun
}

// Exit says how the leader of a command ended.
type Exit struct {
	ID ID
	// Code is 0-255, or 128+n when signal n ended it.
	Code int
	// Signal is what ended it, 0 when it exited by itself.
	Signal syscall.Signal
}

// exitOf turns the status of a leader into an Exit.
func exitOf(id ID, status syscall.WaitStatus) Exit {
	if status.Signaled() {
		sig := status.Signal()
		return Exit{ID: id, Code: 128 + int(sig), Signal: sig}
	}
	return Exit{ID: id, Code: status.ExitStatus()}
}

// The codes of a StartError, as a shell has them.
const (
	// CodeNotFound says that there is no such program.
	CodeNotFound = 127
	// CodeNotStarted says that the program is there and cannot be executed.
	CodeNotStarted = 126
	// CodeNoResources says that this machine or this program is at a limit.
	CodeNoResources = 125
)

// StartError says why a command could not be started.
type StartError struct {
	// Code is what the command would have exited with: 127, 126 or 125.
	Code int
	// Program is the first word of the command.
	Program string
	// Reason names the cause and, where there is one, the remedy.
	Reason string
	// Passing says that the limit may be gone when some command has ended.
	Passing bool
	// Err is the cause as the system gave it, or nil.
	Err error
}

func (e *StartError) Error() string {
	if name := fmt.Sprintf("%q", e.Program); !strings.Contains(e.Reason, name) {
		return fmt.Sprintf("cannot start %s: %s", name, e.Reason)
	}
	return "cannot start: " + e.Reason
}

func (e *StartError) Unwrap() error { return e.Err }

// Member is a process below this program.
type Member struct {
	Pid int
	// Command is its command line, or its name in brackets where it has none.
	Command string
}

func (m Member) String() string { return fmt.Sprintf("%d (%s)", m.Pid, m.Command) }
