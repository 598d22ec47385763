package config

import (
	"path/filepath"

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
	byRoot map[string][]output // those with wildcards
}

// checkOutputs refuses an output of two tasks, and one that is in another: a
// change by the one would be a change for the other. Whether two patterns can
// match one name is not looked into.
func (l *loader) checkOutputs() {
	all := outputs{byText: map[string]output{}, byRoot: map[string][]output{}}
	for _, d := range l.processes {
		for _, o := range outputsOf(d) {
			all.add(o)
		}
	}
	for _, o := range all.list {
		for at := o.from; at != "/"; at = filepath.Dir(at) {
			if all.refuse(o, at) {
				break
			}
		}
	}
}

func (all *outputs) add(o output) {
	if other, ok := all.byText[o.text]; ok && other.owner != o.owner {
		o.problem("%s has %q too", other.owner.beside(o.owner), o.relative(o.text))
	}
	all.list, all.byText[o.text] = append(all.list, o), o
	if !o.plain() {
		all.byRoot[o.Root] = append(all.byRoot[o.Root], o)
	}
}

// refuse refuses an output if the path at, which it is or is in, is one of another
// task.
func (all *outputs) refuse(o output, at string) bool {
	if other, ok := all.byText[at]; ok && other.owner != o.owner && at != o.text {
		o.problem("%q is in %q, which is an output of %s", o.relative(o.text), o.relative(at), other.owner.beside(o.owner))
		return true
	}
	for root := at; root != "/" && len(all.byRoot) > 0; {
		root = filepath.Dir(root)
		for _, other := range all.byRoot[root] {
			if other.owner != o.owner && other.Match(at) {
				o.problem("%q is among %q, which are outputs of %s", o.relative(o.text), o.relative(other.text), other.owner.beside(o.owner))
				return true
			}
		}
	}
	return false
}

func (o output) relative(path string) string { return o.owner.table.source().relative(path) }

func (o output) problem(format string, args ...any) {
	o.owner.table.problem("outputs", format, args...)
}
