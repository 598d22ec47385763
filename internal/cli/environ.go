package cli

import (
	"os"
	"slices"
	"strings"

	"wprun/internal/config"
	"wprun/internal/record"
)

// environ makes the environment of commands: wprun's own, then what the file
// declares, then what tells a command of its run.
type environ struct {
	own   variables
	paths func(key string) string
	run   []string // what tells of the run, but for its ID
	id    string
}

func newEnviron(runDir, runID, watchDir string, paths func(string) string) *environ {
	return &environ{
		own:   newVariables(os.Environ()),
		paths: paths,
		run:   []string{"WPRUN_RUN_DIR=" + runDir, "WPRUN_WATCH_DIR=" + watchDir},
		id:    "WPRUN_RUN_ID=" + runID,
	}
}

// of returns the whole environment of a process, and those of it that no other
// command has in its own.
func (e *environ) of(p config.Process) (env, marks []string) {
	marks = []string{e.id, "WPRUN_PROCESS=" + p.Name}
	told := slices.Concat(e.run, marks)
	for _, path := range p.Paths() {
		told = append(told, path.Name+"="+e.paths(path.Key))
	}
	if p.AtomicOutput != "" {
		told = append(told, "WPRUN_OUTPUT="+record.Temporary(p.AtomicOutput))
	}
	return e.own.with(p.Env, told), marks
}

// variables is an environment to which others are made, one for each command.
type variables struct {
	list []string
	at   map[string]int // in list, by name
}

// newVariables keeps of two variables with one name the later.
func newVariables(list []string) variables {
	v := variables{}
	v.list = v.with(list)
	v.at = make(map[string]int, len(v.list))
	for i, kv := range v.list {
		v.at[nameOf(kv)] = i
	}
	return v
}

// with returns the variables and more; of two with one name the later stays.
func (v variables) with(more ...[]string) []string {
	size := 0
	for _, list := range more {
		size += len(list)
	}
	added := make(map[string]int, size)
	all := append(make([]string, 0, len(v.list)+size), v.list...)
	for _, list := range more {
		for _, kv := range list {
			name := nameOf(kv)
			i, known := v.at[name]
			if !known {
				i, known = added[name]
			}
			if known {
				all[i] = kv
				continue
			}
			added[name] = len(all)
			all = append(all, kv)
		}
	}
	return all
}

// merge adds variables to an environment; of two with one name the later stays.
func merge(env, more []string) []string { return newVariables(env).with(more) }

func nameOf(kv string) string {
	name, _, _ := strings.Cut(kv, "=")
	return name
}
