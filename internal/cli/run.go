package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/guard"
	"wprun/internal/nearest"
	"wprun/internal/output"
)

// runOptions are the flags and arguments of "wprun run".
type runOptions struct {
	file         string
	targets      []string
	named        []string // the targets of the command line
	jobs         int
	keepGoing    bool
	failFast     bool
	dryRun       bool
	fresh        bool
	mode         string
	timestamps   bool
	timeout      time.Duration
	exitCodeFrom string
	resume       string
	force        []string
}

func newRun(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:     "run [TARGET...]",
		Short:   "Run the targets and all they need, in the foreground",
		Long:    runHelp,
		Example: runExample,
	}
	runs(c, s)
	return c
}

// runs makes c a command that runs a file, with all flags for it.
func runs(c *cobra.Command, s Streams) {
	var o runOptions
	c.RunE = func(c *cobra.Command, args []string) error {
		o.targets, o.named = args, args
		if s.Guarded && !o.dryRun {
			if err := supervised(s); err != nil {
				return err
			}
		}
		cfg, err := o.load(c)
		if err != nil {
			return err
		}
		return o.run(cfg, s)
	}
	f := c.Flags()
	fileFlag(f, &o.file)
	f.IntVarP(&o.jobs, "jobs", "j", 0, "tasks at once; 0 is no limit")
	f.BoolVarP(&o.keepGoing, "keep-going", "k", false, "after a failure go on with all that does not need it")
	f.BoolVar(&o.failFast, "fail-fast", false, "after a failure end the running tasks")
	f.BoolVarP(&o.dryRun, "dry-run", "n", false, "print what would run, each after what it needs, and do nothing")
	f.BoolVar(&o.fresh, "fresh", false, "remove watchpoints that are in the way, whoever made them, and end what killed runs have left")
	f.StringVar(&o.mode, "output", "stream", "stream, grouped, quiet or json")
	f.BoolVar(&o.timestamps, "timestamps", false, "put the time before each line")
	f.DurationVar(&o.timeout, "timeout", 0, "end the run after this time, with exit code 124")
	f.StringVar(&o.resume, "resume", "", "go on with a run: what succeeded in it is not run again (default: the latest)")
	f.Lookup("resume").NoOptDefVal = latestRun
	f.StringSliceVar(&o.force, "force", nil, "run tasks even if they are up to date: all, or those named with --force=TASK,...")
	f.Lookup("force").NoOptDefVal = everyTask
	f.StringVar(&o.exitCodeFrom, "exit-code-from", "", "exit with the code of this process")
}

// supervised has a process of its own do the run. It returns nil if there can be
// none: then this process has to.
func supervised(s Streams) error {
	outcome, err := guard.Front(os.Args[1:])
	if alone, ok := errors.AsType[*guard.AloneError](err); ok {
		fmt.Fprintf(s.Err, "wprun: warning: cannot start a second process, which would end what this one leaves if it is killed: %v\n", alone)
		return nil
	}
	return &exitError{code: outcome.Code, signal: outcome.Signal, err: err}
}

// load reads the file and lets the flags change what it says.
func (o *runOptions) load(c *cobra.Command) (*config.Config, error) {
	cfg, err := loadConfig(o.file)
	if err != nil {
		return nil, err
	}
	if c.Flags().Changed("jobs") {
		cfg.Jobs = o.jobs
	}
	if c.Flags().Changed("timeout") {
		cfg.Timeout = o.timeout
	}
	switch {
	case o.keepGoing:
		cfg.OnFailure = config.Continue
	case o.failFast:
		cfg.OnFailure = config.Stop
	}
	if len(o.targets) == 0 {
		o.targets = cfg.Default
	}
	return cfg, o.check(cfg)
}

func (o *runOptions) check(cfg *config.Config) error {
	if o.keepGoing && o.failFast {
		return errors.New("cannot both keep going and fail fast: use --keep-going or --fail-fast")
	}
	if cfg.Jobs < 0 {
		return fmt.Errorf("cannot run %d jobs at once: -j takes 0 (no limit) or more", cfg.Jobs)
	}
	if cfg.Timeout < 0 {
		return fmt.Errorf("cannot end a run after %s: --timeout takes a time such as 90s", cfg.Timeout)
	}
	if _, err := output.ParseMode(o.mode); err != nil {
		return err
	}
	if err := o.checkMeant(cfg); err != nil {
		return err
	}
	var err error
	if o.targets, err = processesNamed(cfg, "run", o.targets); err != nil {
		return err
	}
	if err := o.checkForce(cfg); err != nil {
		return err
	}
	return o.checkExitCodeFrom(cfg)
}

// checkMeant looks for what was to be the value of a flag and is a target, as no =
// is before it.
func (o *runOptions) checkMeant(cfg *config.Config) error {
	if o.resume == latestRun {
		for _, target := range o.targets {
			if _, err := runIn(cfg.Dir, target); err == nil && cfg.Named(target) == nil {
				return fmt.Errorf("cannot resume run %q as it is written: write --resume=%s", target, target)
			}
		}
	}
	if slices.Contains(o.force, everyTask) && len(o.named) > 0 {
		cfg.Warnings = append(cfg.Warnings, fmt.Sprintf(
			"--force has all tasks run that the targets need; to force no others than these: --force=%s", strings.Join(o.named, ",")))
	}
	return nil
}

// checkForce refuses a name of which nothing is run.
func (o *runOptions) checkForce(cfg *config.Config) error {
	if slices.Contains(o.force, everyTask) {
		return nil
	}
	needed := cfg.Graph.Closure(cfg.Graph.Chosen(o.targets))
	var all []string
	for _, name := range o.force {
		some, err := processesNamed(cfg, "force", []string{name})
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(cfg.Graph.Chosen(some), func(i int) bool { return needed[i] }) {
			return fmt.Errorf("cannot force %q: the targets do not need it, so it is not run; name it as a target too", name)
		}
		all = append(all, some...)
	}
	o.force = all
	return nil
}

func (o *runOptions) checkExitCodeFrom(cfg *config.Config) error {
	if o.exitCodeFrom == "" {
		return nil
	}
	some, err := processesNamed(cfg, "exit with the code of", []string{o.exitCodeFrom})
	switch {
	case err != nil:
		return err
	case len(some) > 1:
		return fmt.Errorf("cannot exit with the code of %q: it has %d instances; name one, such as %q", o.exitCodeFrom, len(some), some[0])
	}
	o.exitCodeFrom = some[0]
	i, _ := cfg.Graph.Process(o.exitCodeFrom)
	if !cfg.Graph.Closure(cfg.Graph.Chosen(o.targets))[i] {
		return fmt.Errorf("cannot exit with the code of %q: the targets do not need it, so it is not run; name it as a target too", o.exitCodeFrom)
	}
	return nil
}

// processesNamed has all instances in place of the name of a matrix task. The verb
// is what is to be done with them.
func processesNamed(cfg *config.Config, verb string, names []string) ([]string, error) {
	var list []string
	for _, name := range names {
		some := cfg.Named(name)
		if some == nil {
			return nil, noProcess(cfg, verb, name)
		}
		list = append(list, some...)
	}
	return list, nil
}

func noProcess(cfg *config.Config, verb, name string) error {
	var names []string
	for _, p := range cfg.Processes {
		names = append(names, p.Name)
		if p.Group != "" {
			names = append(names, p.Group)
		}
	}
	if near, ok := nearest.Name(name, names); ok {
		return fmt.Errorf("cannot %s %q: %s has no such process; did you mean %q?", verb, name, cfg.File, near)
	}
	return fmt.Errorf("cannot %s %q: %s has no such process; \"wprun graph\" lists them", verb, name, cfg.File)
}

// loadConfig reads the named file, or the one of this directory or the nearest
// parent.
func loadConfig(file string) (*config.Config, error) {
	if file == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, fmt.Errorf("cannot find the working directory: %w", err)
		}
		if file, err = config.Find(dir); err != nil {
			return nil, err
		}
	}
	garbage := newCollector(file)
	cfg, err := config.Load(file)
	switch {
	case err != nil:
		garbage.stop()
	case len(cfg.Processes) < largeRun:
		garbage.small()
	}
	return cfg, err
}
