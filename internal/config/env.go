package config

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// environment computes what the file adds to the environment of processes.
type environment struct {
	// files keeps each env_file that was read, since many processes may name it.
	files map[string][]variable
	// common is for every process of the file: the top env_file, then the top
	// env.
	common []string
}

type variable struct{ name, value string }

// newEnvironment adds what the file has at its top to common.
func newEnvironment(top table, common []string) *environment {
	e := &environment{files: map[string][]variable{}, common: common}
	e.common = slices.Clip(e.of(top))
	return e
}

// of returns the additions for a process. Later ones win, but each name keeps
// the place at which it came first.
func (e *environment) of(t table) []string {
	var added []variable
	for _, name := range t.stringOrList("env_file") {
		added = append(added, e.file(t, name)...)
	}
	if t.defaults != nil && t.defaults.has("env") {
		added = append(added, readEnv(t.defaults.sub("env"))...)
	}
	if t.says("env") && t.has("env") {
		added = append(added, readEnv(t.sub("env"))...)
	}
	if len(added) == 0 {
		return e.common
	}
	return merge(e.common, added)
}

func merge(env []string, added []variable) []string {
	env = slices.Clone(env)
	index := map[string]int{}
	for i, entry := range env {
		name, _, _ := strings.Cut(entry, "=")
		index[name] = i
	}
	for _, v := range added {
		i, known := index[v.name]
		if !known {
			i = len(env)
			index[v.name] = i
			env = append(env, "")
		}
		env[i] = v.name + "=" + v.value
	}
	return env
}

// readEnv reads a table of variables. No message may hold a value: it may be a
// secret.
func readEnv(t table) []variable {
	var list []variable
	for _, name := range slices.Sorted(maps.Keys(t.m)) {
		value, ok := t.m[name].(string)
		switch {
		case name == "" || strings.ContainsAny(name, "=\x00"):
			t.problem(name, `no variable can have this name`)
		case !ok:
			t.problem(name, "want a string, got %v; put it in quotes", typeOf(t.m[name]))
		case strings.ContainsRune(value, 0):
			t.problem(name, "its value holds a NUL byte")
		default:
			list = append(list, variable{name, value})
		}
	}
	return list
}

// file reads an env_file; a name that ends in "?" may be missing.
func (e *environment) file(t table, written string) []variable {
	name, optional := strings.CutSuffix(written, "?")
	if name == "" {
		t.problem("env_file", "it names no file")
		return nil
	}
	path := t.source().absolute(name)
	if list, known := e.files[path]; known {
		return list
	}
	text, err := readText(path)
	switch {
	case err == nil:
		list, problems := parseEnvFile(t.source().display(name), text)
		l := t.loader()
		l.list = append(l.list, problems...)
		e.files[path] = list
		return list
	case optional && isMissing(err):
		return nil
	case isMissing(err):
		t.problem("env_file", `there is no file %q; write %q if it may be missing`, name, name+"?")
	default:
		t.problem("env_file", "%q cannot be read: %v", name, err)
	}
	return nil
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
