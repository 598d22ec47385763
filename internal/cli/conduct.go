package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/output"
	"wprun/internal/probe"
	"wprun/internal/proc"
	"wprun/internal/rundir"
	"wprun/internal/runner"
	"wprun/internal/view"
)

// run conducts a run from a checked file to its exit code.
func (o *runOptions) run(cfg *config.Config, s Streams) error {
	for _, w := range cfg.Warnings {
		fmt.Fprintln(s.Err, ownLine(s.debug(), "warning: "+w))
	}
	ledger, err := newLedger(cfg, o)
	if err != nil {
		return err
	}
	if o.dryRun {
		o.printPlan(ledger, s)
		return nil
	}
	asked := listen(s.Front)
	defer asked.close()
	tell := func(line string) { fmt.Fprintln(s.Err, ownLine(s.debug(), line)) }
	if err := clearSurvivors(cfg.Dir, o.fresh, tell); err != nil {
		return err
	}
	dir, err := rundir.Create(cfg.Dir, time.Now())
	if err != nil {
		return internalFault(err)
	}
	if err = ledger.own(dir); err == nil {
		err = takeBases(cfg, dir, o.fresh)
	}
	if err != nil {
		return errors.Join(err, dir.Discard())
	}
	r := &run{options: o, cfg: cfg, streams: s, dir: dir, asked: asked}
	if err := r.prepare(ledger); err != nil {
		return errors.Join(err, dir.Close())
	}
	code, err := r.conduct()
	// The run was as it was, whether or not its journal could be written.
	if err := dir.Close(); err != nil && !r.observer.unwritten {
		tell("warning: " + err.Error())
	}
	if err != nil {
		return internalFault(err)
	}
	if lost := r.asked.lost(); lost != nil {
		return internalFault(lost)
	}
	if cause := r.asked.cause(); cause != 0 {
		return &exitError{code: 128 + int(cause), signal: cause}
	}
	return &exitError{code: code}
}

// run is one run in this process.
type run struct {
	options *runOptions
	cfg     *config.Config
	streams Streams
	dir     *rundir.Run
	asked   *requests

	environ  *environ
	pauses   stopwatch
	keeper   *keeper
	hub      *output.Hub
	commands map[string]*command
	policy   engine.Policy
	points   *directories
	observer *observer
	// unrecorded says that a watchpoint that outlives the run is not recorded as
	// made: that it was intended has to do.
	unrecorded atomic.Bool
	// beside holds what goes on beside the run's loop.
	beside errgroup.Group
}

// prepare makes what the run needs; all that can be refused is refused here.
func (r *run) prepare(l *ledger) error {
	mode, err := output.ParseMode(r.options.mode)
	if err != nil {
		return err
	}
	r.observer = &observer{
		journal: r.dir.Journal(),
		fold:    view.NewFold(),
		seen:    r.recordSeen,
		code:    r.exitCode,
		why:     r.whyStopped,
		warned:  map[string]bool{},
		debug:   r.streams.debug(),
		quiet:   mode == output.Quiet || mode == output.JSON,
	}
	if r.points, err = newDirectories(r.cfg, r.dir.Watch(), r.observer.Warn, r.recordMade); err != nil {
		return err
	}
	if r.cfg.Durable {
		r.points.outlast(r.cfg, r.dir.Journal().Sync)
	}
	var written errgroup.Group
	written.Go(func() error { return r.writePlan(l) })
	r.equip(l, mode)
	if err := written.Wait(); err != nil {
		r.hub.Close(r.asked.Any)
		return err
	}
	return nil
}

// equip makes what the loop needs beside the watchpoints.
func (r *run) equip(l *ledger, mode output.Mode) {
	r.environ = newEnviron(r.dir.Path, r.dir.ID, r.dir.Watch(), r.points.Path)
	r.keeper = newKeeper(l, r.dir.ID, r.observer.Warn, r.target, r.asked.since)
	r.hub = output.NewHub(output.Config{
		Mode: mode, Out: r.streams.Out, Err: r.streams.Err,
		Color: r.streams.Color(), Timestamps: r.options.timestamps,
		Names: r.names(), Dir: r.dir.Logs(), Logs: logs(r.cfg), Broken: r.asked.unwritable,
	})
	r.observer.hub = r.hub
	r.commands, r.policy = r.newCommands(), policy(r.cfg, r.options.targets, r.keeper.tasks)
}

// writePlan writes down what the run is, and who runs it. It goes on beside equip, so
// it reads nothing that equip makes.
func (r *run) writePlan(l *ledger) error {
	plan := newPlan(r.cfg, r.options.targets, r.points.Path)
	l.note(&plan)
	if err := r.dir.WritePlan(plan); err != nil {
		return internalFault(err)
	}
	return internalFault(r.dir.WriteInfo(r.info()))
}

// target is a process as what is asked about it finds it.
func (r *run) target(i int) probe.Target {
	p := r.cfg.Processes[i]
	env, _ := r.environ.of(p)
	return probe.Target{Dir: p.Dir, Env: env, Paused: r.pauses.total}
}

func (r *run) info() rundir.Info {
	info := rundir.Self()
	info.ID, info.Started, info.Version = r.dir.ID, time.Now(), version()
	info.File, info.Args = r.cfg.File, append([]string{"wprun"}, os.Args[1:]...)
	info.ConfigHash = r.cfg.Hash
	if r.streams.Front != nil {
		info.Front = os.Getppid()
		info.FrontStart = rundir.PidStart(info.Front)
	}
	return info
}

func (r *run) names() []string {
	names := make([]string, 0, len(r.cfg.Processes))
	for _, p := range r.cfg.Processes {
		names = append(names, p.Name)
	}
	return names
}

// spareThreads is how many threads a run keeps idle: more than it blocks at a time
// in system calls.
const spareThreads = 10

func (r *run) conduct() (code int, err error) {
	proc.KeepThreads(spareThreads)
	r.beside.Go(r.prune)
	proc.OnThread(func() { code, err = r.loop() })
	r.finish()
	return code, err
}

func (r *run) loop() (int, error) {
	set, err := proc.NewSet()
	if err != nil {
		return 0, err
	}
	for _, lack := range set.Warnings() {
		r.observer.Warn(lack)
	}
	r.asked.Resize = set.Resize
	if r.streams.Front != nil {
		set.SoftFiles(r.streams.Front.SoftFiles)
	}
	executor := newExecutor(set, r.commands, &r.pauses)
	executor.sockets, executor.warn = r.dir.Path, r.observer.Warn
	r.observer.executor = executor
	executor.begin = r.keeper.begin
	if r.observer.debug {
		r.hub.Say(engine.Describe(r.cfg.Graph, r.policy))
	}
	code, err := runner.Run(context.Background(), runner.Config{
		Graph: r.cfg.Graph, Policy: r.policy, Executor: executor, Watchpoints: r.points,
		Prober: executor, Observer: r.observer, Timeout: r.cfg.Timeout,
		Stop: r.asked.C, Pause: r.asked.Pause, Do: r.asked.Do,
		Files: newWatched(r.cfg, r.observer.Warn), Keeper: r.keeper.forRunner(),
	})
	if left := set.Close(r.observer.closeLimit()); len(left) > 0 {
		code = r.leave(left, code)
	} else if !r.unrecorded.Load() {
		r.recordEnd()
	}
	return r.exitCode(code), err
}

// leave tells of processes that cannot be ended, and returns the code of a run
// that would end with code else.
func (r *run) leave(left []proc.Member, code int) int {
	for _, member := range left {
		r.observer.Warn(fmt.Sprintf("cannot end process %v: %s", member, member.WhyAlive()))
	}
	return cmp.Or(code, codeInternal)
}

// exitCode prefers the signal that ended the run, and then the process that the
// user named.
func (r *run) exitCode(code int) int {
	if r.asked.lost() != nil || r.asked.orphaned() {
		return codeInternal
	}
	if cause := r.asked.cause(); cause != 0 {
		return 128 + int(cause)
	}
	if r.options.exitCodeFrom == "" {
		return code
	}
	end, known := r.observer.fold.Of(r.options.exitCodeFrom)
	switch {
	case !known:
	case end.State == engine.Succeeded, end.State == engine.UpToDate, end.State == engine.Failed:
		return end.Code
	}
	return max(code, 1)
}

func (r *run) newCommands() map[string]*command {
	commands := make(map[string]*command, len(r.cfg.Processes))
	for i := range r.cfg.Processes {
		p := &r.cfg.Processes[i]
		channel := r.hub.Open(p.Name)
		commands[p.Name] = &command{
			spec:    func() proc.Spec { return r.spec(*p, channel) },
			name:    p.Name,
			ready:   p.Ready,
			alive:   p.Alive,
			stop:    p.StopCommand,
			channel: channel,
		}
	}
	return commands
}

// spec says how to start a process.
func (r *run) spec(p config.Process, channel *output.Channel) proc.Spec {
	env, marks := r.environ.of(p)
	return proc.Spec{
		Argv: p.Argv, Dir: p.Dir, Env: env, Marks: marks, TTY: p.TTY, Output: channel.Write, StopSignal: p.StopSignal,
	}
}

// finish says how the run went and clears up behind it and its forerunners.
func (r *run) finish() {
	if !r.observer.quiet {
		r.summarize()
	}
	r.observer.Idle()
	r.hub.Close(r.asked.Any)
	if err := r.beside.Wait(); err != nil {
		fmt.Fprintln(r.streams.Err, ownLine(r.observer.debug, "warning: "+err.Error()))
	}
}

// summarize says what failed and how many ended how.
func (r *run) summarize() {
	fold := r.observer.fold
	if name, end, ok := fold.FirstFailure(); ok {
		r.observer.say(fmt.Sprintf("%s failed: %s%s", name, end.Why, r.seeLog(name)))
	}
	if later := fold.LaterFailures(); later != "" {
		r.observer.say(later)
	}
	r.observer.say(fold.Summary() + "; logs in " + nearPath(r.dir.Logs()))
}

// prune removes old runs, so that with this one there are as many as wanted. It
// may take as long as many short tasks do.
func (r *run) prune() error {
	return errors.Join(rundir.Prune(r.cfg.Dir, r.cfg.KeepRuns-1), r.keeper.prune())
}

// whyStopped tells of a request to end the run, and what another one would do.
func (r *run) whyStopped(ev engine.Event) (cause, hint string) {
	if _, late := ev.(engine.TimeIsUp); late {
		return fmt.Sprintf("the run has taken the %s that it may", r.cfg.Timeout), ""
	}
	switch sig := r.asked.cause(); {
	case r.asked.lost() != nil:
		return "the output cannot be written", ""
	case r.asked.orphaned():
		return "the process in front was killed", ""
	case sig == 0:
		return "watchpoints cannot be watched any more", ""
	case sig == syscall.SIGPIPE:
		return "nobody reads the output any more", ""
	default:
		return unix.SignalName(sig), "; once more kills what is left"
	}
}

// seeLog points to the output of a process, if it wrote any.
func (r *run) seeLog(name string) string {
	log := r.hub.LogPath(name)
	if _, err := os.Stat(log); err != nil {
		return ""
	}
	return "; its output is in " + nearPath(log)
}

// nearPath is path as seen from the working directory, if it is below that.
func nearPath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if near, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(near) {
		return near
	}
	return path
}
