package config

import (
	"path/filepath"
	"slices"

	"wprun/internal/glob"
)

// output is one of a task's outputs.
type output struct {
	owner *declared
	// text is a plain path, or the pattern with its wildcards.
	text string
	glob.Glob
	// from is the path itself, or the directory that holds all that can match.
	from string
}

// outputsOf takes the braces of a task's outputs apart.
func outputsOf(d *declared) []output {
	var all []output
	for _, pattern := range d.Outputs {
		globs, _ := glob.Parse(pattern)
		for _, g := range globs {
			o := output{owner: d, text: filepath.Clean(pattern), Glob: g, from: g.Root}
			if path, ok := g.Literal(); ok {
				o.text, o.from = path, path
			}
			all = append(all, o)
		}
	}
	return all
}

func (o output) plain() bool { return o.text == o.from }

// outputs are those of all tasks.
type outputs struct {
	list   []output
	byText map[string]output
	// byEnds has those with wildcards, and lengths those of its keys.
	byEnds  map[ends][]output
	lengths [][2]int
	// whole has those that are all of a directory, by its path.
	whole map[string]output
	uses  []use
}

// ends are how all paths begin and end that match a pattern: of many patterns few
// have to be compared with a path.
type ends struct{ prefix, suffix string }

// use is a plain input that is an output of another task.
type use struct {
	reader, maker *declared
	input         string
}

// checkOutputs refuses an output of two tasks, and one that is in another: a
// change by the one would be a change for the other. Whether two patterns can
// match one name is not looked into. It also refuses what no task may make.
func (l *loader) checkOutputs() {
	all := outputs{byText: map[string]output{}, byEnds: map[ends][]output{}, whole: map[string]output{}}
	own := newOwnFiles(l.config.Files)
	for _, d := range l.processes {
		for _, o := range outputsOf(d) {
			if file := own.in(o); file != "" {
				o.holds(file, "one of wprun's own files")
				continue // all else that it holds does not matter then
			}
			all.add(o)
		}
	}
	for _, o := range all.list {
		for _, other := range all.holding(o.from) {
			if o.shared(other) {
				break
			}
		}
	}
	for _, d := range l.processes {
		all.findUses(d)
	}
	l.outputs = all
}

func (all *outputs) add(o output) {
	if other, ok := all.byText[o.text]; ok && other.owner != o.owner {
		o.problem("%s has %q too", other.owner.beside(o.owner), o.relative(o.text))
	}
	all.list, all.byText[o.text] = append(all.list, o), o
	if o.plain() {
		return
	}
	if o.text == filepath.Join(o.from, "**") {
		all.whole[o.from] = o
	}
	e := ends{o.Prefix(), o.Suffix()}
	all.byEnds[e] = append(all.byEnds[e], o)
	if n := [2]int{len(e.prefix), len(e.suffix)}; !slices.Contains(all.lengths, n) {
		all.lengths = append(all.lengths, n)
	}
}

// holding lists the outputs that a path is or is in, the nearest first.
func (all *outputs) holding(path string) []output {
	var list []output
	for at := path; at != "/"; at = filepath.Dir(at) {
		if o, ok := all.byText[at]; ok && o.plain() {
			list = append(list, o)
		}
		list = all.matching(list, at)
	}
	return list
}

// matching adds the outputs with wildcards that match a path.
func (all *outputs) matching(list []output, path string) []output {
	for _, n := range all.lengths {
		if len(path) < max(n[0], n[1]) {
			continue
		}
		for _, o := range all.byEnds[ends{path[:n[0]], path[len(path)-n[1]:]}] {
			if o.Match(path) {
				list = append(list, o)
			}
		}
	}
	return list
}

// making lists the outputs that a path is or is in, and one that is all of it.
func (all *outputs) making(path string) []output {
	list := all.holding(path)
	if o, ok := all.whole[path]; ok {
		list = append(list, o)
	}
	return list
}

// shared refuses an output that is in one of another task.
func (o output) shared(other output) bool {
	switch {
	case other.owner == o.owner || other.text == o.text:
		return false
	case other.plain():
		o.problem("%q is in %q, which is an output of %s", o.relative(o.text), o.relative(other.text), other.owner.beside(o.owner))
	default:
		o.problem("%q is among %q, which are outputs of %s", o.relative(o.text), o.relative(other.text), other.owner.beside(o.owner))
	}
	return true
}

// findUses finds what a task reads of what others make. An output of its own it may
// not read: once changed, that is made anew, of what would be gone.
func (all *outputs) findUses(d *declared) {
	for _, input := range literals(d.Inputs) {
		for _, o := range all.making(input) {
			if o.owner == d {
				o.holds(input, "an input of the same task")
			} else {
				all.uses = append(all.uses, use{d, o.owner, input})
			}
		}
	}
}

// holds refuses an output for a path that is that output or in it.
func (o output) holds(path, what string) {
	switch {
	case path == o.text:
		o.problem("%q is %s", o.relative(path), what)
	case o.plain():
		o.problem("%q has %q in it, %s; name what the task makes", o.relative(o.text), o.relative(path), what)
	default:
		o.problem("%q stands for %q, %s; name what the task makes", o.relative(o.text), o.relative(path), what)
	}
}

func (o output) relative(path string) string { return o.owner.table.source().relative(path) }

func (o output) problem(format string, args ...any) {
	o.owner.table.problem("outputs", format, args...)
}
