package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"wprun/internal/watchpoint"
)

// pointOptions are the flags and arguments of commands that do one thing to
// each of some watchpoints.
type pointOptions struct {
	scopeOptions
	keys []string
}

// newPointCommand parses; do is told of the keys, all of which are known.
func newPointCommand(s Streams, c *cobra.Command, do func(sc *scope, keys []watchpoint.Key) error) *cobra.Command {
	var o pointOptions
	c.Args = someKeys
	c.ValidArgsFunction = completeKeys(s)
	c.RunE = func(_ *cobra.Command, args []string) error {
		o.keys = args
		return o.run(s, do)
	}
	o.addFlags(c)
	return c
}

func (o *pointOptions) run(s Streams, do func(*scope, []watchpoint.Key) error) error {
	scope, err := o.scope(s.Getenv)
	if err != nil {
		return err
	}
	keys, err := scope.find(o.keys)
	if err != nil {
		return err
	}
	return do(scope, keys)
}

const signalHelp = `Signal watchpoints: make their directories. One that is there already is no
error, and missing parents are made. If a key is unknown, nothing is done. A
warning tells of a run that is over, where nothing waits any more.
` + scopeHelp + `
EXIT STATUS
  0  all are signalled
  1  a directory could not be made; the reason is on stderr
  2  a key is unknown, or the command line or the file is wrong`

const signalExample = `  wprun signal booted
  mkdir "$WPRUN_PATH_BOOTED"      # the same inside a command that signals it`

func newSignal(s Streams) *cobra.Command {
	return newPointCommand(s, &cobra.Command{
		Use:     "signal KEY...",
		Short:   "Signal watchpoints: make their directories",
		Long:    signalHelp,
		Example: signalExample,
	}, func(sc *scope, keys []watchpoint.Key) error {
		if sc.ownKey(keys) && isOver(sc.run) {
			fmt.Fprintf(s.Err, "wprun: warning: run %s is over: nothing waits for what is signalled in its directory\n", sc.run.ID)
		}
		return forEach(keys, sc.handler.Create)
	})
}

// forEach goes on after a failure, which is one of the machine and not of the
// command line.
func forEach(keys []watchpoint.Key, do func(watchpoint.Key) error) error {
	var failures []error
	for _, key := range keys {
		failures = append(failures, do(key))
	}
	if err := errors.Join(failures...); err != nil {
		return &exitError{code: codeNo, err: err}
	}
	return nil
}
