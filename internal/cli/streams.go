package cli

import (
	"io"
	"os"

	"golang.org/x/term"

	"wprun/internal/guard"
)

// Streams are the ways in and out of a command.
type Streams struct {
	Out, Err io.Writer
	// Terminal says that Out is one.
	Terminal bool
	// Getenv looks up the environment.
	Getenv func(string) string
	// Front is the process before this one; nil if this is no supervisor.
	Front *guard.Supervisor
	// Guarded says that a run is to have a supervisor.
	Guarded bool
}

// System is the streams of this program.
func System() Streams {
	s := Streams{
		Out:      os.Stdout,
		Err:      os.Stderr,
		Terminal: term.IsTerminal(int(os.Stdout.Fd())),
		Getenv:   os.Getenv,
		Front:    guard.Supervise(),
	}
	if s.Guarded = s.Front == nil && guard.Possible; s.Front != nil {
		s.Terminal = s.Front.Out
	}
	return s
}

// checked remembers the first error of writing, which callers of fmt.Fprint do
// not look at.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}

// Color follows NO_COLOR (no-color.org) and CLICOLOR_FORCE (bixense.com/clicolors).
func (s Streams) Color() bool {
	switch {
	case s.Getenv("NO_COLOR") != "":
		return false
	case s.Getenv("CLICOLOR_FORCE") != "" && s.Getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return s.Terminal && s.Getenv("TERM") != "dumb"
}

// debug says that a run is to be told in the words of the engine's test scripts.
func (s Streams) debug() bool { return s.Getenv("WPRUN_DEBUG") == "1" }
