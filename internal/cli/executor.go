package cli

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sys/unix"

	"wprun/internal/engine"
	"wprun/internal/output"
	"wprun/internal/probe"
	"wprun/internal/proc"
	"wprun/internal/runner"
)

// command is how to run one process on this machine.
type command struct {
	spec    proc.Spec
	ready   probe.Spec
	channel *output.Channel
	matched <-chan struct{}
}

// executor runs commands as children of this process.
type executor struct {
	set      *proc.Set
	commands map[string]*command
	numbers  map[engine.ID]proc.ID
	ids      map[proc.ID]engine.ID
	last     proc.ID
	exits    []proc.Exit
	exited   []engine.Exited
}

func newExecutor(set *proc.Set, commands map[string]*command) *executor {
	return &executor{
		set:      set,
		commands: commands,
		numbers:  map[engine.ID]proc.ID{},
		ids:      map[proc.ID]engine.ID{},
	}
}

func (x *executor) Start(id engine.ID) error {
	c := x.commands[id.Process]
	if c.ready.Kind == probe.Log {
		c.matched = c.channel.Match(c.ready.Log)
	}
	x.last++
	if _, err := x.set.Start(x.last, c.spec); err != nil {
		if known, ok := errors.AsType[*proc.StartError](err); ok {
			return &runner.StartError{Code: known.Code, Err: err}
		}
		return err
	}
	x.numbers[id], x.ids[x.last] = x.last, id
	return nil
}

func (x *executor) Terminate(id engine.ID) { x.set.Terminate(x.numbers[id]) }
func (x *executor) Kill(id engine.ID)      { x.set.Kill(x.numbers[id]) }
func (x *executor) Wake()                  { x.set.Wake() }

func (x *executor) Wait(block bool) []engine.Exited {
	x.exits = x.set.Wait(block, x.exits[:0])
	x.exited = x.exited[:0]
	for _, exit := range x.exits {
		id := x.ids[exit.ID]
		delete(x.ids, exit.ID)
		delete(x.numbers, id)
		x.exited = append(x.exited, engine.Exited{ID: id, Code: exit.Code, Signal: signalName(exit)})
	}
	return x.exited
}

func signalName(exit proc.Exit) string {
	if exit.Signal == 0 {
		return ""
	}
	return unix.SignalName(exit.Signal)
}

// pid is the process number of a running command's leader.
func (x *executor) pid(id engine.ID) int { return x.set.Pid(x.numbers[id]) }

// end flushes the output of a process that is over.
func (x *executor) end(name string, failed bool) { x.commands[name].channel.End(failed) }

// closeLimit bounds the search for processes that nothing else has ended.
const closeLimit = 10 * time.Second

// Ready waits until a service is ready.
func (x *executor) Ready(ctx context.Context, id engine.ID) error {
	c := x.commands[id.Process]
	return c.ready.Wait(ctx, probe.Target{Dir: c.spec.Dir, Env: c.spec.Env, Matched: c.matched})
}
