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
// closed pipe, are taken and not heard: to ignore them would be inherited by
// commands.
func Listen(c chan<- os.Signal) {
	unheard := make(chan os.Signal, 1)
	signal.Notify(unheard, syscall.SIGPIPE)
	for _, s := range endings {
		if ignored(s) {
			signal.Notify(unheard, s)
		} else {
			signal.Notify(c, s)
		}
	}
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
