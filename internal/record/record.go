// Package record knows whether a task has to run again: it compares the present
// world with what it recorded when the task last succeeded, and says what differs.
//
// A task's life in the book is Check, Begin, Commit. The old record is
// gone before the command starts, and the new one is there after everything that
// it tells of, so that a kill at any point leaves no record of unfinished work:
//
//	PROJECT/.wprun/steps/
//	  NAME.json           what was when the task last succeeded
//	  NAME~attempt.json   what was when an attempt began, until its record is written
//	  NAME~exited.json    the same with the outputs, once its command has succeeded
//	  NAME~previous.json  the record that the attempt made void
package record

import (
	"path/filepath"
	"strings"
	"sync"
)

// Task is what decides whether a task has to run.
type Task struct {
	Name string
	// Command is what is executed, in Dir.
	Command []string
	Dir     string
	// Env holds the declared variables "K=V".
	Env []string
	// Inputs and Outputs are absolute globs, see package glob. One that is a
	// directory stands for all that is in it.
	Inputs, Outputs []string
	// Atomic is the path of the one output that the command writes to Temporary
	// of it; "" if it writes outputs where they belong.
	Atomic string
	// Kinds are the changes that make it run again; nil is all.
	Kinds []Kind
	// Upstream names the tasks with outputs that it waits on.
	Upstream []string
	// Because is a reason of the caller to run it whatever the record says.
	Because string
}

// Kind is what can be different.
type Kind string

// The kinds that a task can leave out of Task.Kinds. What has no record, or no
// output, runs whatever they are.
const (
	Command  Kind = "command"
	Dir      Kind = "dir"
	Env      Kind = "env"
	Inputs   Kind = "inputs"
	Upstream Kind = "upstream"
	Outputs  Kind = "outputs"
)

// AllKinds are in the order in which reasons are given.
var AllKinds = []Kind{Command, Dir, Env, Inputs, Upstream, Outputs}

// Verdict is the answer to whether a task has to run.
type Verdict struct {
	// Current says that it need not.
	Current bool
	// Reasons are clauses for people: why it has to run, the first one first, or
	// why not.
	Reasons []string
	// Begun is the run of an attempt that has not succeeded, or not so far: it is what
	// the first reason is about. It is "" if there is none.
	Begun string
}

// Book has the records of one file of a project. Its methods can be called from
// several goroutines, for one task from one at a time.
type Book struct {
	project, file string
	machine       Machine
	// steps is the directory of the records.
	steps string

	mu sync.Mutex
	// pictures are those of stale tasks, from Check to Commit.
	pictures map[string]*picture
	// results has the hash of the outputs of tasks that were current, or have
	// committed, in this run.
	results map[string]string
	// hashes are those of files that were hashed in this run.
	hashes map[string]hashed

	// device has the records.
	device func() uint64

	// act does what changes files. Tests stop it at any of them.
	act func(func() error) error
}

// Machine is one boot of a host; its fields are "" where they are not known.
type Machine struct {
	Host string `json:"host,omitempty"`
	Boot string `json:"boot,omitempty"`
}

// Open returns the book of a file, which tells apart tasks of the same name in
// several files of a project. Nothing is read or written.
func Open(project, file string, machine Machine) *Book {
	b := &Book{
		project: filepath.Clean(project), file: filepath.Base(file), machine: machine,
		steps:    filepath.Join(project, ".wprun", "steps"),
		pictures: map[string]*picture{}, results: map[string]string{}, hashes: map[string]hashed{},
		act: func(f func() error) error { return f() },
	}
	b.device = sync.OnceValue(func() uint64 {
		steps, _ := stat(b.steps) // 0, another one, if there are no records
		return steps.device
	})
	return b
}

// Temporary is where a command writes an output that is renamed to path when it
// has succeeded.
func Temporary(path string) string {
	return filepath.Join(filepath.Dir(path), temporaryPrefix+filepath.Base(path))
}

const temporaryPrefix = ".wprun-new."

// near is a path as the records have it: relative where it is in the project, so
// that a project can be moved.
func (b *Book) near(path string) string {
	below, ok := strings.CutPrefix(path, b.project)
	switch {
	case !ok:
		return path
	case below == "":
		return "."
	case below[0] == '/' && len(below) > 1:
		return below[1:]
	}
	return path
}

func (b *Book) far(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(b.project, path)
}

// path is a file of a task, whose name has no slash.
func (b *Book) path(task, suffix string) string { return b.steps + "/" + task + suffix }

// temporary begins the name of a file that is being written; no task's does.
const temporary = "."

// The files of a task. No name has a ~, so they are of one task only.
const (
	current  = ".json"
	attempt  = "~attempt.json"
	exited   = "~exited.json"
	previous = "~previous.json"
)

// taskOf is the task of a file of the book, "" for any other.
func taskOf(name string) string {
	for _, suffix := range []string{attempt, exited, previous, current} {
		if task, ok := strings.CutSuffix(name, suffix); ok {
			return task
		}
	}
	return ""
}
