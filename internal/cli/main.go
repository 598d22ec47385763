// Package cli is the command line: flags, streams, exit codes, and the wiring
// of the other packages to a run.
package cli

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/guard"
)

// The exit codes that are wprun's own; see "wprun help exit-codes".
const (
	codeNo       = 1 // a question answered with no
	codeUsage    = 2
	codeTimeout  = 124
	codeInternal = 125
)

// exitError ends wprun with a code, or by a signal. Without an error nothing is
// printed.
type exitError struct {
	code   int
	signal syscall.Signal
	err    error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// internalFault marks an error that is neither the user's nor a command's.
func internalFault(err error) error {
	if err == nil {
		return nil
	}
	return &exitError{code: codeInternal, err: err}
}

// Main runs a command line and returns the exit code. It does not return if a
// signal ended the run: it passes the signal on to itself.
func Main(args []string, s Streams) int {
	out := &checked{w: s.Out}
	s.Out = out
	root := newRootFor(s, args)
	root.SetArgs(args)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	err := root.Execute()
	if out.err != nil && (err == nil || errors.Is(err, out.err)) {
		err = internalFault(fmt.Errorf("cannot write to stdout: %w", out.err))
	}
	outcome := report(s.Err, err)
	if s.Front != nil {
		s.Front.End(outcome)
	} else {
		dieOf(outcome.Signal)
	}
	return outcome.Code
}

// report is the one place where errors become exit codes.
func report(w io.Writer, err error) guard.Outcome {
	if err == nil {
		return guard.Outcome{}
	}
	if known, ok := errors.AsType[*config.Errors](err); ok {
		fmt.Fprintln(w, known)
		return guard.Outcome{Code: codeUsage}
	}
	if exit, ok := errors.AsType[*exitError](err); ok {
		if exit.err != nil {
			fmt.Fprintf(w, "wprun: %v\n", exit.err)
		}
		return guard.Outcome{Code: exit.code, Signal: exit.signal}
	}
	fmt.Fprintf(w, "wprun: %v\n", err)
	return guard.Outcome{Code: codeUsage}
}

// makers make the commands by their names.
func makers() map[string]func(Streams) *cobra.Command {
	return map[string]func(Streams) *cobra.Command{
		"run": newRun, "validate": newValidate, "graph": newGraph, "signal": newSignal, "wait": newWait,
		"exists": newExists, "remove": newRemove, "path": newPath, "list": newList, "status": newStatus,
		"explain": newExplain, "accept": newAccept, "clean": newClean, "version": newVersion,
	}
}

// newRootFor has no more than the command that a command line begins with, if it
// does: to make all of them takes as long as the shortest of them takes to run.
func newRootFor(s Streams, args []string) *cobra.Command {
	if len(args) == 0 {
		return newRoot(s)
	}
	newCommand, known := makers()[args[0]]
	if !known {
		return newRoot(s)
	}
	root := bareRoot()
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(newCommand(s))
	return root
}

func newRoot(s Streams) *cobra.Command {
	root := bareRoot()
	runs(root, s)
	addVersionFlag(root, s)
	for _, newCommand := range makers() {
		root.AddCommand(newCommand(s))
	}
	root.AddCommand(newTopics()...)
	completeRun(root)
	root.SetHelpCommand(newHelp(root))
	return root
}

func bareRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "wprun",
		Short:         "Run the processes of one file, each behind its gate",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noSuchCommand,
	}
	root.SetFlagErrorFunc(badFlag)
	return root
}
