package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wprun/internal/glob"
)

// Work is what a task has and no service.
type Work struct {
	// Inputs and Outputs hold absolute globs, as package glob has them. One that
	// is the path of a directory stands for all that is in it.
	Inputs, Outputs []string
	// SkipIf, ready for execve like Argv, says by exit code 0 that the task need
	// not run; nil is none.
	SkipIf []string
	// RerunOn holds the RerunKinds whose change makes the task run again; nil is
	// all.
	RerunOn []string
	// AtomicOutput is the absolute path of the one output that is to be written
	// under another name and renamed; "" is none.
	AtomicOutput string
	// Timeout limits each attempt; 0 is no limit.
	Timeout time.Duration
	// Retries counts the attempts after the first; the pause before them begins
	// with RetryDelay and doubles.
	Retries    int
	RetryDelay time.Duration
	// AllowFailure says that its failure is none of the run.
	AllowFailure bool
	// Pool is one of Config.Pools, or "". Weight, at least 1, is how much of it,
	// and of Config.Jobs, the task takes.
	Pool   string
	Weight int
}

// RerunKinds are the values of Work.RerunOn.
var RerunKinds = []string{"command", "dir", "env", "inputs", "outputs", "upstream"}

// Declares says that a task tells enough to be found up to date.
func (w Work) Declares() bool {
	return len(w.Inputs) > 0 || len(w.Outputs) > 0 || w.SkipIf != nil
}

func readWork(t table) *Work {
	w := &Work{Inputs: readFiles(t, "inputs"), Outputs: readFiles(t, "outputs")}
	w.AtomicOutput = readAtomic(t, w.Outputs)
	if t.has("skip_if") {
		w.SkipIf, _ = readCommand(t, "skip_if")
	}
	w.RerunOn = readRerun(t)
	w.Timeout = t.duration("timeout", 0)
	w.Retries = t.integer("retries", 0, 0)
	w.RetryDelay = t.duration("retry_delay", defaultRetryDelay)
	if t.says("retry_delay") && t.has("retry_delay") && !t.given("retries") {
		t.problem("retry_delay", "only a task with retries has it")
	}
	w.AllowFailure = value[bool](t, "allow_failure")
	w.Pool = readPool(t)
	w.Weight = t.integer("weight", 1, 1)
	return w
}

// readFiles reads inputs or outputs.
func readFiles(t table, key string) []string {
	at := t.place(key)
	written := t.stringOrList(key)
	if t.has(key) && len(t.list(key)) == 0 && t.str(key) == "" {
		t.problem(key, `it is empty; write it as ["src/**/*.c"]`)
		return nil
	}
	var files []string
	for i, pattern := range written {
		at := at
		if len(written) > 1 {
			at = at.index(i)
		}
		absolute, _, err := t.source().glob(pattern)
		if err != nil {
			t.problemAt(at, key, "%v", err)
			continue
		}
		files = append(files, absolute)
	}
	return files
}

// glob makes a pattern absolute and checks it.
func (s *source) glob(pattern string) (absolute string, globs []glob.Glob, err error) {
	for name := range strings.SplitSeq(pattern, "/") {
		if glob.Ignored(name) {
			return "", nil, fmt.Errorf("nothing in %s is ever looked at", name)
		}
	}
	if pattern == "" {
		return "", nil, errors.New(`it is empty; write it as "src/**/*.go"`)
	}
	absolute = pattern
	if !filepath.IsAbs(pattern) {
		absolute = glob.Quote(s.dir) + "/" + pattern
	}
	globs, err = glob.Parse(absolute)
	for _, g := range globs {
		if g.Recursive() && slices.Contains([]string{"/", "/dev", "/proc", "/sys"}, g.Root) {
			return "", nil, fmt.Errorf("%s is too much to look at; name a directory below it", g.Root)
		}
	}
	return absolute, globs, err
}

// readAtomic returns the path of the only output, if it is to be renamed.
func readAtomic(t table, outputs []string) string {
	if !value[bool](t, "atomic_outputs") || !t.says("atomic_outputs") && len(outputs) == 0 {
		return ""
	}
	if paths := literals(outputs); len(outputs) == 1 && len(paths) == 1 {
		return paths[0]
	}
	switch {
	case t.given("outputs") && !t.has("outputs"):
	case t.says("atomic_outputs"):
		t.problem("atomic_outputs", "want exactly one plain path in outputs, which the command writes to $WPRUN_OUTPUT")
	default:
		t.problem("outputs", "want exactly one plain path, because of atomic_outputs in the defaults")
	}
	return ""
}

// literals are the paths among some globs.
func literals(patterns []string) []string {
	var paths []string
	for _, pattern := range patterns {
		globs, _ := glob.Parse(pattern)
		for _, g := range globs {
			if path, ok := g.Literal(); ok {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

func readRerun(t table) []string {
	if !t.has("rerun_on") {
		return nil
	}
	kinds := t.stringOrList("rerun_on")
	for i, kind := range kinds {
		if !slices.Contains(RerunKinds, kind) {
			t.problemAt(t.place("rerun_on").index(i), "rerun_on", `%q is none of "%s"%s`,
				kind, strings.Join(RerunKinds, `", "`), didYouMean(kind, RerunKinds))
		}
	}
	if len(t.list("rerun_on")) == 0 && t.str("rerun_on") == "" {
		t.problem("rerun_on", `it is empty; the kinds are "%s"`, strings.Join(RerunKinds, `", "`))
	}
	return kinds
}

// readPools reads how much weight each pool takes.
func readPools(top table) map[string]int {
	t := top.sub("pools")
	pools := make(map[string]int, len(t.m))
	for _, name := range slices.Sorted(maps.Keys(t.m)) {
		if _, ok := t.m[name].(int64); !ok {
			t.problem(name, "want %v, got %v", anInt, typeOf(t.m[name]))
		}
		pools[name] = t.integer(name, 1, 1)
	}
	return pools
}

func readPool(t table) string {
	name, ok := t.m["pool"].(string)
	if !ok {
		return ""
	}
	pools := t.loader().config.Pools
	if _, known := pools[name]; !known {
		t.problem("pool", "there is no pool %q in [pools]%s", name, didYouMean(name, slices.Sorted(maps.Keys(pools))))
	}
	return name
}
