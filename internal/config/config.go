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
}

// Process is how to run one task or service. What it waits on and signals is in
// Config.Graph.
type Process struct {
	Name        string
	Service     bool
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
	StopCommand  []string
	SuccessCodes []int
	// TTY gives it a pseudo terminal.
	TTY bool
	Log Log
	// What follows is for services.
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
			return "", fmt.Errorf("cannot find %s in %q or a directory above it: write one, or name a file", FileName, start)
		}
	}
}

// Load reads and checks a file. The error is an *Errors with every problem of
// the file at once.
func Load(file string) (*Config, error) {
	l := &loader{problems: problems{file: file}}
	c := l.load()
	if errs := l.errors(); errs != nil {
		return nil, errs
	}
	c.Warnings = l.warningLines()
	return c, nil
}

// loader turns one file into a Config, in the order of the methods of load.
type loader struct {
	problems
	config    *Config
	shell     []string
	env       *environment
	processes []*declared
	points    []*point
	byKey     map[string]*point
	// broken says that the declarations of the graph are known to be
	// incomplete, so that what it would complain about may be wrong.
	broken bool
}

func (l *loader) load() *Config {
	abs, err := filepath.Abs(l.file)
	if err != nil {
		l.fileProblem(0, "cannot find %q: %v", l.file, err)
		return nil
	}
	l.config = &Config{File: abs, Dir: filepath.Dir(abs)}
	doc, ok := l.read()
	if !ok {
		return nil
	}
	top := table{l: l, m: doc.values}
	l.processes = make([]*declared, 0, len(doc.order))
	l.readTop(top)
	l.readProcesses(top, doc.order)
	l.readWatchpoints(top)
	l.collectKeys()
	l.checkTargets(top)
	l.checkPoints()
	l.checkCommands()
	l.checkLogs()
	l.checkWatches()
	l.buildGraph()
	return l.config
}
