// Package config reads wprun.toml and checks all of it before anything starts.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"wprun/internal/graph"
	"wprun/internal/probe"
	"wprun/internal/watchpoint"
)

// FileName is what Find looks for.
const FileName = "wprun.toml"

// What a file means where it says nothing.
const (
	defaultStopTimeout        = 30 * time.Second
	defaultProcessStopTimeout = 10 * time.Second
	defaultKeepRuns           = 10
	defaultMaxRestarts        = 5
	defaultLogSize            = 64 << 20
	defaultLogKeep            = 3
	defaultRetryDelay         = time.Second
)

// The values of Config.OnFailure.
const (
	Finish   = "finish"
	Stop     = "stop"
	Continue = "continue"
)

// The values of Process.Restart.
const (
	RestartNo        = "no"
	RestartOnFailure = "on-failure"
	RestartAlways    = "always"
)

// Config is a file that was read and found correct.
type Config struct {
	// File and the directory that holds it are absolute.
	File, Dir string
	// Hash tells the text of the file from others; line ends make no difference.
	Hash string
	// Base is absolute; "" is the private directory of the run.
	Base string
	// Jobs limits how many tasks run at once; 0 is no limit.
	Jobs int
	// Default names the targets of a run that names none.
	Default     []string
	OnFailure   string
	StopTimeout time.Duration
	// Timeout limits the run; 0 is no limit.
	Timeout  time.Duration
	KeepRuns int
	// Durable says that a watchpoint must survive a crash of the machine, and
	// imply that what its command wrote has survived too.
	Durable bool
	// Processes are in the order of the file.
	Processes []Process
	// Watchpoints holds every key: own names, declared ones, other signals, in
	// this order. The twins are not listed. Base "" is the private directory of
	// the run.
	Watchpoints []watchpoint.Watchpoint
	Graph       *graph.Graph
	// Warnings has one line for each thing that is odd but no error.
	Warnings []string
	// Pools says how much weight each pool takes at once; at least 1.
	Pools map[string]int
	// Files are absolute: File, then those that it includes.
	Files []string

	groups groups
}

// Named returns the processes that a name stands for: the one of that name, all
// instances of a matrix task, or those with some values, as in "test[os=linux]";
// nil if there are none.
func (c *Config) Named(name string) []string {
	if _, ok := c.Graph.Process(name); ok {
		return []string{name}
	}
	return c.groups.named(name)
}

// Process is how to run one task or service. What it waits on and signals is in
// Config.Graph.
type Process struct {
	Name    string
	Service bool
	// Group is the name of the table of an instance of a matrix task, and Matrix
	// has its values, by the order of the axes in the file.
	Group       string
	Matrix      []Axis
	Description string
	// Argv is ready for execve. Argv[0] is as written; where it has no slash it
	// is looked up in PATH of the process's environment.
	Argv []string
	// Shell is the command string as written, "" if a list was given.
	Shell string
	// Dir is absolute.
	Dir string
	// Env holds the declared additions "K=V", each K once, without wprun's own
	// environment. It must not be written to: processes share it.
	Env []string
	// StopSignal asks the process to end; after StopTimeout it is killed.
	StopSignal  syscall.Signal
	StopTimeout time.Duration
	// StopCommand, ready for execve like Argv, asks in place of the signal; nil
	// is none.
	StopCommand []string
	// SuccessCodes, too, must not be written to.
	SuccessCodes []int
	// TTY gives it a pseudo terminal.
	TTY bool
	Log Log
	// WaitTimeout limits how long it waits for its gate; 0 is no limit.
	WaitTimeout time.Duration
	// Work is for tasks, Upkeep for services. The other one is there too, and empty.
	// They must not be written to: processes share those that are as usual.
	*Work
	*Upkeep

	// names are the keys that it mentions itself, waits first.
	names []string
}

// Upkeep is what a service has and no task.
type Upkeep struct {
	Ready probe.Spec
	// Alive without a Kind is none.
	Alive probe.Alive
	// Restart is one of the constants above.
	Restart string
	// MaxRestarts counts restarts that no 30 s of readiness separate.
	MaxRestarts int
	// Watch holds absolute globs, as package glob has them; a change of a file
	// that matches one restarts the service, and with Cascade what waits on it.
	Watch   []string
	Cascade bool
}

// Log says where the output of a process is kept.
type Log struct {
	// File is absolute; "" is the log in the run directory.
	File string
	// MaxSize, in bytes, is where a file is put aside, and Keep how many of those
	// remain.
	MaxSize int64
	Keep    int
	// Timestamps puts the time before each line.
	Timestamps bool
}

// Paths are the watchpoints whose paths the command gets: its own and those that it
// names itself, but not those that a group stands for. An instance knows its own by
// the name of its table.
func (p *Process) Paths() []PathVariable {
	own := PathVariable{pathVariable(p.called()), p.Name}
	if len(p.names) == 0 {
		return []PathVariable{own}
	}
	paths := append(make([]PathVariable, 0, len(p.names)+1), own)
	taken := map[string]bool{own.Name: true}
	for _, key := range p.names {
		v := PathVariable{pathVariable(key), key}
		if key == p.Name {
			v = own
		}
		if !taken[v.Name] {
			taken[v.Name] = true
			paths = append(paths, v)
		}
	}
	return paths
}

// PathVariable is an environment variable that tells a command the path of the
// watchpoint of a key.
type PathVariable struct{ Name, Key string }

// kind is the word for p in messages, which is also its table's name.
func (p Process) kind() string {
	if p.Service {
		return "service"
	}
	return "task"
}

// Find returns the wprun.toml of dir or of its nearest parent that has one.
func Find(dir string) (string, error) {
	start, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cannot find %s: %w", FileName, err)
	}
	for at := start; ; at = filepath.Dir(at) {
		file := filepath.Join(at, FileName)
		if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
			return file, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("cannot find %s in %q or a directory above it: write one (wprun help config), or name a file with -f", FileName, start)
		}
	}
}

// Load reads and checks a file and those that it includes. The error is an
// *Errors with every problem at once.
func Load(file string) (*Config, error) {
	l := &loader{config: &Config{}, byPath: map[string]*source{}, groups: groups{}}
	l.load(file)
	if errs := l.errors(); errs != nil {
		return nil, errs
	}
	l.config.Warnings = l.warningLines()
	return l.config, nil
}

// loader turns files into a Config, in the order of the calls in load.
type loader struct {
	problems
	config *Config
	// sources has the file that is run first, then those that are included.
	sources   []*source
	byPath    map[string]*source
	processes []*declared
	byName    map[string]*declared // in lower case
	points    []*point
	keys      keys
	groups    groups
	outputs   outputs
	usual     usual
	instances int // of all matrices so far
	gateKeys  int // of all gates so far
	// broken says that the declarations of the graph are known to be
	// incomplete, so that what it would complain about may be wrong.
	broken bool
}

func (l *loader) load(file string) {
	abs, err := filepath.Abs(file)
	main, ok := l.open(file, abs)
	if err != nil {
		main.problem(0, "cannot find %q: %v", file, err)
	}
	if !ok {
		return
	}
	l.config.File, l.config.Dir, l.config.groups = abs, main.dir, l.groups
	l.byPath[realPath(abs)] = main
	l.readTop(main.top)
	main.include(nil)
	l.prepare()
	l.config.Hash = l.hash()
	main.readOwn(nil)
	for _, s := range l.sources[1:] {
		s.readOwn(main.env.common)
	}
	l.readDeclarations()
	l.collectKeys()
	l.checkTargets(main.top)
	l.checkPoints()
	l.checkPaths()
	l.checkCommands()
	l.checkLogs()
	l.checkWatches()
	l.checkOutputs()
	l.buildGraph()
	l.checkFileOrder()
}

// usual is what processes share that say nothing of it.
type usual struct {
	noWork       *Work
	noUpkeep     *Upkeep
	work         *Work // of a task
	successCodes []int
}

// prepare makes what holds the processes that the files mention.
func (l *loader) prepare() {
	size := 0
	for _, s := range l.sources {
		size += len(s.order)
	}
	l.processes, l.byName, l.keys = make([]*declared, 0, size), make(map[string]*declared, size), make(keys, size)
	l.usual = usual{noWork: &Work{}, noUpkeep: &Upkeep{}, successCodes: []int{0}}
	l.usual.work = readWork(l.sources[0].emptyTable())
}

// gather puts the processes beside each other, where the others need no longer be.
func (l *loader) gather() {
	l.config.Processes = make([]Process, len(l.processes))
	for i, d := range l.processes {
		l.config.Processes[i] = *d.Process
		d.Process = &l.config.Processes[i]
	}
	l.byName = nil
}

func (l *loader) readDeclarations() {
	for _, s := range l.sources {
		s.readProcesses()
	}
	l.gather()
	for _, s := range l.sources {
		s.readWatchpoints()
	}
	if len(l.processes) == 0 && len(l.list) == 0 {
		l.sources[0].problem(0, "cannot find a process in the file: add a [task.NAME] or a [service.NAME]")
	}
}
