package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func (l *loader) readTop(top table) {
	top.check(topFields, nil, "")
	c := l.config
	c.Jobs = top.integer("jobs", 0, 0)
	c.KeepRuns = top.integer("keep_runs", 1, defaultKeepRuns)
	c.OnFailure = top.oneOf("on_failure", Finish, Finish, Stop, Continue)
	c.Timeout = top.duration("timeout", 0)
	c.StopTimeout = top.duration("stop_timeout", defaultStopTimeout)
	c.Durable = value[bool](top, "durable")
	c.Default = top.strings("default")
	c.Pools = readPools(top)
	c.Base = readBase(top, "")
}

// readBase returns an absolute directory, or otherwise where none is given.
func readBase(t table, otherwise string) string {
	if !t.has("base") {
		return otherwise
	}
	base := t.text("base")
	if base == "" {
		t.problem("base", `it is empty; "." is the directory of the file`)
		return otherwise
	}
	base = t.source().absolute(base)
	if what := forbiddenBase(base); what != "" {
		t.problem("base", "%q is %s; give the watchpoints a directory of their own", base, what)
		return otherwise
	}
	return base
}

// forbiddenBase says what a directory is that must not fill with watchpoints,
// or where none can be made; "" if it may serve as a base.
func forbiddenBase(base string) string {
	base = realPath(base)
	home, err := os.UserHomeDir()
	switch {
	case base == "/":
		return "the root directory"
	case err == nil && base == realPath(home):
		return "the home directory"
	case base == "/dev":
		return "the directory of devices"
	case isWithin(base, "/proc"), isWithin(base, "/sys"):
		return "a directory of the kernel"
	}
	return ""
}

func isWithin(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// realPath resolves the symlinks of the part of a path that exists.
func realPath(path string) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(realPath(parent), filepath.Base(path))
}

// readShell returns nil for the default shell. A string is split at blanks, and
// a program alone gets the -c that every shell knows.
func readShell(top table) []string {
	if !top.has("shell") {
		return nil
	}
	shell := top.strings("shell")
	if s, ok := top.m["shell"].(string); ok {
		if shell = strings.Fields(s); len(shell) == 1 {
			shell = append(shell, "-c")
		}
	}
	switch {
	case len(shell) == 0 || shell[0] == "":
		top.problem("shell", `it names no program; write it as ["bash", "-c"]`)
	case strings.ContainsRune(strings.Join(shell, " "), 0):
		top.problem("shell", "it holds a NUL byte")
	}
	return shell
}

// checkTargets looks at default once the processes are known.
func (l *loader) checkTargets(top table) {
	if l.broken || len(l.config.Default) == 0 {
		return
	}
	known := slices.Collect(maps.Keys(l.groups))
	for _, p := range l.processes {
		known = append(known, p.Name)
	}
	slices.Sort(known)
	var targets []string
	for i, name := range l.config.Default {
		_, one := slices.BinarySearch(known, name)
		switch some := l.groups.named(name); {
		case len(some) > 0:
			targets = append(targets, some...)
		case one:
			targets = append(targets, name)
		default:
			top.problemAt(top.place("default").index(i), "default", "there is no process %q%s", name, didYouMean(name, known))
		}
	}
	l.config.Default = targets
}
