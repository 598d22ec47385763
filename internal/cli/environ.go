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
	own   []string
	paths func(key string) string
	runID string
	run   []string
}

func newEnviron(runDir, runID, watchDir string, paths func(string) string) *environ {
	return &environ{
		own:   merge(nil, os.Environ()),
		paths: paths,
		runID: runID,
		run:   []string{"WPRUN_RUN_DIR=" + runDir, "WPRUN_WATCH_DIR=" + watchDir},
	}
}

// marks are what no other command has in its environment.
func (e *environ) marks(process string) []string {
	return []string{"WPRUN_RUN_ID=" + e.runID, "WPRUN_PROCESS=" + process}
}

// of returns the whole environment of a process.
func (e *environ) of(p config.Process) []string {
	told := append(slices.Clone(e.run), e.marks(p.Name)...)
	for _, path := range p.Paths() {
		told = append(told, path.Name+"="+e.paths(path.Key))
	}
	if p.AtomicOutput != "" {
		told = append(told, "WPRUN_OUTPUT="+record.Temporary(p.AtomicOutput))
	}
	return merge(merge(e.own, p.Env), told)
}

// merge adds variables to an environment; of two with one name the later stays.
// The result may be env itself.
func merge(env, more []string) []string {
	if len(more) == 0 {
		return env
	}
	last := make(map[string]string, len(more))
	for _, kv := range more {
		last[nameOf(kv)] = kv
	}
	merged := make([]string, 0, len(env)+len(more))
	for _, kv := range env {
		if _, replaced := last[nameOf(kv)]; !replaced {
			merged = append(merged, kv)
		}
	}
	for _, kv := range more {
		if last[nameOf(kv)] == kv {
			merged = append(merged, kv)
			delete(last, nameOf(kv))
		}
	}
	return merged
}

func nameOf(kv string) string {
	name, _, _ := strings.Cut(kv, "=")
	return name
}
