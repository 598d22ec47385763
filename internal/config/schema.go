package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"wprun/internal/nearest"
)

// types is a set of the types that TOML values have.
type types uint

const (
	aString types = 1 << iota
	anInt
	aFloat
	aBool
	aList
	aTable
	aTime
	asDuration
	asSize
)

const (
	// aDuration is a string that says how long.
	aDuration = aString | asDuration
	// aSize is a string, or an integer of bytes, that says how much.
	aSize = aString | anInt | asSize
)

var typeNames = []string{"a string", "an integer", "a float", "a boolean", "a list", "a table", "a time"}

// String reads as in "want a string or a list".
func (t types) String() string {
	if t&asDuration != 0 {
		return `a duration such as "90s" or "1h30m"`
	}
	if t&asSize != 0 {
		return `a size such as "64MiB" or "10 MB", or an integer of bytes`
	}
	var names []string
	for i, name := range typeNames {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

func typeOf(value any) types {
	switch value.(type) {
	case string:
		return aString
	case int64:
		return anInt
	case float64:
		return aFloat
	case bool:
		return aBool
	case []any, []map[string]any:
		return aList
	case map[string]any:
		return aTable
	case time.Time:
		return aTime
	}
	return 0
}

// field is a key that a table may have.
type field struct {
	name  string
	types types
	// later says that the key is known but refused.
	later bool
	// want says what the value has to be where its type does not say enough.
	want string
	// sub has the keys of the table that the value may be.
	sub []field
}

// wanted is what a message asks for.
func (f field) wanted() string { return cmp.Or(f.want, f.types.String()) }

var topFields = []field{
	{name: "env_file", types: aString | aList},
	{name: "env", types: aTable},
	{name: "jobs", types: anInt},
	{name: "base", types: aString},
	{name: "default", types: aList},
	{name: "shell", types: aString | aList},
	{name: "on_failure", types: aString},
	{name: "timeout", types: aDuration},
	{name: "stop_timeout", types: aDuration},
	{name: "keep_runs", types: anInt},
	{name: "watchpoint", types: aList},
	{name: "task", types: aTable},
	{name: "service", types: aTable},
	{name: "durable", types: aBool},
	{name: "pools", types: aTable, want: "a table such as { gpu = 1 }"},
	{name: "defaults", types: aTable, sub: defaultsFields},
	{name: "include", types: aString | aList},
	{name: "executor", types: aString, later: true},
}

// includedFields are the top level of a file that another one includes.
var includedFields = slices.DeleteFunc(slices.Clone(topFields), func(f field) bool {
	return !slices.Contains([]string{"task", "service", "watchpoint", "include", "defaults", "env", "env_file", "shell"}, f.name)
})

var defaultsFields = []field{
	{name: "task", types: aTable},
	{name: "service", types: aTable},
}

var watchpointFields = []field{
	{name: "key", types: aString | anInt},
	{name: "base", types: aString},
	{name: "name", types: aString},
	{name: "external", types: aBool},
	{name: "timeout", types: aDuration},
}

var processFields = []field{
	{name: "command", types: aString | aList},
	{name: "dir", types: aString},
	{name: "env", types: aTable},
	{name: "env_file", types: aString | aList},
	{name: "description", types: aString},
	{name: "waits_on", types: aList},
	{name: "signals", types: aList},
	{name: "stop", types: aTable, want: `a table such as { signal = "SIGINT", timeout = "5s" }`, sub: stopFields},
	{name: "success_exit_codes", types: aList},
	{name: "wait_timeout", types: aDuration},
	{name: "tty", types: aBool},
	{name: "log", types: aTable, want: `a table such as { max_size = "10MiB", keep = 2 }`, sub: logFields},
	{name: "executor", types: aString, later: true},
}

var taskFields = slices.Concat(processFields, workFields, []field{
	{name: "matrix", types: aTable, want: "a table such as { shard = [0, 1, 2] }"},
})

// workFields are those of Work.
var workFields = []field{
	{name: "timeout", types: aDuration},
	{name: "retries", types: anInt},
	{name: "retry_delay", types: aDuration},
	{name: "allow_failure", types: aBool},
	{name: "inputs", types: aString | aList},
	{name: "outputs", types: aString | aList},
	{name: "skip_if", types: aString | aList},
	{name: "rerun_on", types: aString | aList},
	{name: "atomic_outputs", types: aBool},
	{name: "pool", types: aString},
	{name: "weight", types: anInt},
}

var serviceFields = slices.Concat(processFields, []field{
	{name: "ready", types: aString | aTable, sub: readyFields},
	{name: "alive", types: aTable, want: `a table such as { tcp = "HOST:PORT" }`, sub: aliveFields},
	{name: "restart", types: aString, want: `"no", "on-failure" or "always"`},
	{name: "max_restarts", types: anInt},
	{name: "watch", types: aString | aList},
	{name: "cascade", types: aBool},
})

var signalFields = []field{
	{name: "key", types: aString | anInt},
	{name: "when", types: aString},
}

var stopFields = []field{
	{name: "signal", types: aString},
	{name: "timeout", types: aDuration},
	{name: "command", types: aString | aList},
}

var logFields = []field{
	{name: "file", types: aString},
	{name: "max_size", types: aSize},
	{name: "keep", types: anInt},
	{name: "timestamps", types: aBool},
}

// probeFields are those of ready and alive.
var probeFields = []field{
	{name: "tcp", types: aString},
	{name: "http", types: aString},
	{name: "status", types: anInt | aList},
	{name: "exec", types: aString | aList},
	{name: "path", types: aString},
	{name: "interval", types: aDuration},
	{name: "timeout", types: aDuration},
}

var readyFields = slices.Concat(probeFields, []field{
	{name: "log", types: aString},
	{name: "notify", types: aBool},
	{name: "watchdog", types: aDuration},
})

var aliveFields = slices.Concat(probeFields, []field{
	{name: "failures", types: anInt},
})

// allFields has every table of the schema.
var allFields = [][]field{topFields, watchpointFields, taskFields, serviceFields, signalFields, stopFields, logFields, readyFields, aliveFields}

func names(fields []field) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.name)
	}
	return list
}

func find(fields []field, name string) (field, bool) {
	i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
	if i < 0 {
		return field{}, false
	}
	return fields[i], true
}

// didYouMean ends a message about a name that does not exist.
func didYouMean(got string, names []string) string {
	if name, ok := nearest.Name(got, names); ok {
		return `; did you mean "` + name + `"?`
	}
	return ""
}

// otherNames are what other tools call a key.
var otherNames = map[string]string{
	"depends_on": "waits_on", "needs": "waits_on", "requires": "waits_on", "after": "waits_on",
	"cmd": "command", "run": "command", "cwd": "dir", "workdir": "dir", "working_dir": "dir", "environment": "env",
	"healthcheck": "ready", "readiness_probe": "ready", "liveness_probe": "alive", "restart_policy": "restart", "pty": "tty",
}

// keyMeant is the key that one which does not exist probably stands for.
func keyMeant(key string, fields []field) (string, bool) {
	if f, ok := find(fields, otherNames[key]); ok {
		return f.name, true
	}
	return nearest.Name(key, names(fields))
}

// inTable says how to write what belongs into a table, as stop_timeout does into
// stop; "" for what belongs into none.
func inTable(key string, fields []field) string {
	for i, c := range key {
		if c != '_' && c != '-' {
			continue
		}
		f, _ := find(fields, key[:i])
		if inner, ok := find(f.sub, key[i+1:]); ok {
			return fmt.Sprintf("%s = { %s = ... }", f.name, inner.name)
		}
	}
	return ""
}
