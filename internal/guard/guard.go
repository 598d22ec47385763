// Package guard makes two processes of one run: the front, which the user has
// started, and behind it the supervisor, which does everything. They are the
// same program. If one of them dies, whatever killed it, the other ends every
// process of the run.
//
// The front alone has to do with the terminal. It passes on signals, pauses and
// the size of the window, shows what the supervisor writes to a terminal, and
// ends as the supervisor says. A stream that is no terminal the supervisor has
// itself.
//
// Between them is a pair of sockets with one message a line; see message.go. Its
// end tells the supervisor that the front is dead.
package guard

import (
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// Name is what the supervisor is called, as its first argument and by the kernel:
// who kills by the name of the front is not to hit both.
const Name = "wpguard"

// Outcome is how a run ended.
type Outcome struct {
	Code int
	// Signal ended the run; 0 if none did.
	Signal syscall.Signal
}

// died is the outcome of a run that a signal ended.
func died(s syscall.Signal) Outcome { return Outcome{128 + int(s), s} }

// endings are the signals that ask for the end of a run.
var endings = [...]syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// Listen has signals that ask for the end of a run sent to c, but for those that
// whoever started this program had ignored (nohup, or a script's background
// job). Those, and SIGPIPE, which would end this process when it writes to a
// closed pipe, are taken and not heard: commands would inherit that they are
// ignored.
func Listen(c chan<- os.Signal) {
	unheard := make(chan os.Signal, 1)
	signal.Notify(unheard, syscall.SIGPIPE)
	for _, s := range heed(c) {
		signal.Notify(unheard, s)
	}
}

// heed is Listen for the front: it leaves alone, and returns, what is ignored, so
// that the supervisor inherits that.
func heed(c chan<- os.Signal) (left []os.Signal) {
	for _, s := range endings {
		if ignored(s) {
			left = append(left, s)
		}
	}
	for _, s := range endings {
		if !slices.Contains(left, os.Signal(s)) {
			signal.Notify(c, s)
		}
	}
	return left
}

// ignored must be called before anybody is notified of s. The Go runtime forgets
// that SIGQUIT was ignored; a shell that ignores one of it and SIGINT for a job
// ignores both ("Signals and Error Handling" of POSIX's shell).
func ignored(s syscall.Signal) bool {
	if s == syscall.SIGQUIT {
		s = syscall.SIGINT
	}
	return signal.Ignored(s)
}
