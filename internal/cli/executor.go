package cli

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"

	"wprun/internal/engine"
	"wprun/internal/output"
	"wprun/internal/probe"
	"wprun/internal/proc"
	"wprun/internal/runner"
)

// command is how to run one process on this machine.
type command struct {
	name string
	// spec is made for each attempt: all environments at once are much to keep.
	spec    func() proc.Spec
	ready   probe.Spec
	alive   probe.Alive
	channel *output.Channel
	// stop asks the process to end; without one its stop signal does.
	stop []string
}

// executor runs commands as children of this process.
type executor struct {
	set      *proc.Set
	commands map[string]*command
	// sockets is the directory for those of services that notify.
	sockets string
	// warn can be called from any goroutine.
	warn func(string)
	// begin is told of each attempt before it is made.
	begin func(process string) error

	attempts map[engine.ID]*attempt
	numbers  map[proc.ID]*attempt
	last     proc.ID
	exits    []proc.Exit
	events   []engine.Event
	pauses   *stopwatch
}

// attempt is a command that runs, with its stop command.
type attempt struct {
	id       engine.ID
	command  *command
	spec     proc.Spec
	number   proc.ID
	pid      int
	matched  <-chan struct{}
	listener *probe.Listener // nil if it does not notify
	// stopper is the number of the stop command, 0 if it does not run.
	stopper proc.ID
	// end is how the command ended, or why it could not be started; it is told when
	// the stop command is over too, which could hit the next attempt else.
	end engine.Event
}

func newExecutor(set *proc.Set, commands map[string]*command, pauses *stopwatch) *executor {
	return &executor{
		set:      set,
		commands: commands,
		pauses:   pauses,
		attempts: map[engine.ID]*attempt{},
		numbers:  map[proc.ID]*attempt{},
	}
}

func (x *executor) Start(id engine.ID) error {
	c := x.commands[id.Process]
	if err := x.begin(id.Process); err != nil {
		return err
	}
	a := &attempt{id: id, command: c, spec: c.spec()}
	spec := a.spec
	if c.ready.Kind == probe.Log {
		a.matched = c.channel.Match(c.ready.Log)
	}
	if c.ready.Kind == probe.Notify {
		if err := x.listen(a, &spec); err != nil {
			return err
		}
	}
	var err error
	if a.number, a.pid, err = x.launch(a, spec); err != nil {
		a.close()
		return startError(err)
	}
	x.attempts[id] = a
	return nil
}

// startError is an error of the set as the runner knows it.
func startError(err error) error {
	if known, ok := errors.AsType[*proc.StartError](err); ok {
		return &runner.StartError{Code: known.Code, Passing: known.Passing, Err: err}
	}
	return err
}

// launch starts a command under the next number.
func (x *executor) launch(a *attempt, spec proc.Spec) (number proc.ID, pid int, err error) {
	x.last++
	if pid, err = x.set.Start(x.last, spec); err != nil {
		return 0, 0, err
	}
	x.numbers[x.last] = a
	return x.last, pid, nil
}

// listen makes the socket of a service that notifies and has the command know.
func (x *executor) listen(a *attempt, spec *proc.Spec) (err error) {
	if a.listener, err = probe.Listen(x.sockets); err != nil {
		return err
	}
	told := []string{"NOTIFY_SOCKET=" + a.listener.Path()}
	if limit := a.command.ready.Watchdog; limit > 0 {
		told = append(told, fmt.Sprintf("WATCHDOG_USEC=%d", limit.Microseconds()))
	}
	// What a watchdog of wprun's own wants is not meant for the service.
	env := slices.DeleteFunc(slices.Clone(spec.Env), func(kv string) bool {
		return nameOf(kv) == "WATCHDOG_PID" || nameOf(kv) == "WATCHDOG_USEC"
	})
	spec.Env = merge(env, told)
	return nil
}

func (a *attempt) close() {
	if a.listener != nil {
		a.listener.Close()
	}
}

func (x *executor) Terminate(id engine.ID) {
	a := x.attempts[id]
	switch {
	case a == nil || a.end != nil:
	case len(a.command.stop) == 0:
		x.set.Terminate(a.number)
	default:
		x.stopBy(a)
	}
}

// stopBy runs the stop command, or sends the signal if it cannot.
func (x *executor) stopBy(a *attempt) {
	spec := a.spec
	spec.Argv, spec.TTY = a.command.stop, false
	spec.Env = merge(spec.Env, []string{fmt.Sprintf("WPRUN_PID=%d", a.pid)})
	var err error
	if a.stopper, _, err = x.launch(a, spec); err != nil {
		x.insteadOf(a, err.Error())
		return
	}
	x.set.Asked(a.number)
}

func (x *executor) insteadOf(a *attempt, why string) {
	x.warn(fmt.Sprintf("the stop command of %s: %s; it gets its stop signal instead", a.command.name, why))
	x.set.Terminate(a.number)
}

func (x *executor) Kill(id engine.ID) {
	if a := x.attempts[id]; a != nil {
		x.set.Kill(a.number)
		x.set.Kill(a.stopper)
	}
}

func (x *executor) Wake() { x.set.Wake() }

func (x *executor) Pause() {
	x.pauses.start()
	x.set.Pause()
}

func (x *executor) Resume() {
	x.set.Resume()
	x.pauses.stop()
}

func (x *executor) Wait(block bool) []engine.Event {
	x.exits = x.set.Wait(block, x.exits[:0])
	x.events = x.events[:0]
	for _, begun := range x.set.Begun() {
		x.begun(x.numbers[begun.ID], begun)
	}
	for _, exit := range x.exits {
		a := x.ended(exit.ID)
		if exit.ID == a.number {
			x.commandEnded(a, engine.Exited{ID: a.id, Code: exit.Code, Signal: signalName(exit)})
		} else {
			x.stopperEnded(a, exit)
		}
	}
	return x.events
}

// ended is the attempt of which a command is over.
func (x *executor) ended(number proc.ID) *attempt {
	a := x.numbers[number]
	delete(x.numbers, number)
	return a
}

// begun takes note of a command, or its stop command, that runs now, or cannot.
func (x *executor) begun(a *attempt, begun proc.Begun) {
	switch isCommand := begun.ID == a.number; {
	case isCommand && begun.Err == nil:
		a.pid = begun.Pid
		x.events = append(x.events, engine.Started{ID: a.id})
	case isCommand:
		x.commandEnded(x.ended(begun.ID), runner.NotStarted(a.id, startError(begun.Err)))
	case begun.Err != nil:
		x.stopperFailed(x.ended(begun.ID), begun.Err.Error())
	}
}

// tellEnd reports an attempt of which nothing runs any more.
func (x *executor) tellEnd(a *attempt) {
	if a.end != nil && a.stopper == 0 {
		a.close()
		x.events = append(x.events, a.end)
	}
}

func (x *executor) Forget(id engine.ID) { delete(x.attempts, id) }

func (x *executor) commandEnded(a *attempt, end engine.Event) {
	a.end = end
	x.set.Terminate(a.stopper)
	x.tellEnd(a)
}

func (x *executor) stopperEnded(a *attempt, exit proc.Exit) {
	switch {
	case exit.Signal != 0:
		x.stopperFailed(a, "killed by "+signalName(exit))
	case exit.Code != 0:
		x.stopperFailed(a, fmt.Sprintf("exit code %d", exit.Code))
	default:
		a.stopper = 0
		x.tellEnd(a)
	}
}

// stopperFailed asks a command that still runs to end in another way.
func (x *executor) stopperFailed(a *attempt, why string) {
	a.stopper = 0
	if a.end == nil {
		x.insteadOf(a, why)
	}
	x.tellEnd(a)
}

func signalName(exit proc.Exit) string {
	if exit.Signal == 0 {
		return ""
	}
	return unix.SignalName(exit.Signal)
}

// pid is the process number of the leader of a command whose end the engine has not
// taken.
func (x *executor) pid(id engine.ID) int {
	if a := x.attempts[id]; a != nil {
		return a.pid
	}
	return 0
}

// living is pid, or 0 if the leader has ended.
func (x *executor) living(id engine.ID) int {
	if a := x.attempts[id]; a != nil {
		return x.set.Pid(a.number)
	}
	return 0
}

// end flushes the output of a process that is over.
func (x *executor) end(name string, failed bool) { x.commands[name].channel.End(failed) }

// showLast shows, below a title, the last lines that a process has written.
func (x *executor) showLast(name, title string) { x.commands[name].channel.ShowLast(title) }
