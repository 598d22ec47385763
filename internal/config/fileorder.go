package config

import (
	"fmt"
	"slices"
	"strings"

	"wprun/internal/graph"
)

// fileOrder is what the plain inputs of tasks demand of the order in which they run.
type fileOrder struct {
	l *loader
	// pairs are readers and makers, and inputs what the one reads of the other.
	pairs  []graph.Pair
	inputs map[graph.Pair]string
	// missing are the pairs that the gates do not put in order.
	missing map[graph.Pair]bool
	// told has the tables of readers and makers about which enough was said.
	told map[[2]string]bool
}

// checkFileOrder refuses a task that reads what another makes and does not wait on
// it, or not until it has made that, and circles of such tasks. What patterns among the inputs match is not known
// before the tasks run.
func (l *loader) checkFileOrder() {
	if l.config.Graph == nil || len(l.outputs.uses) == 0 {
		return
	}
	f := fileOrder{l: l, inputs: map[graph.Pair]string{}, missing: map[graph.Pair]bool{}, told: map[[2]string]bool{}}
	f.find()
	missing := l.config.Graph.Unordered(f.pairs)
	for _, p := range missing {
		f.missing[p] = true
	}
	if len(missing) > 0 {
		f.refuseCircles(missing)
	}
	for _, p := range missing {
		f.refuse(p, "")
	}
	for _, p := range f.atWork() {
		f.refuse(p, ", which may not have made it yet when this one starts")
	}
}

// find relies on processes having the same numbers here and in the graph.
func (f *fileOrder) find() {
	number := make(map[*declared]int, len(f.l.processes))
	for i, d := range f.l.processes {
		number[d] = i
	}
	for _, u := range f.l.outputs.uses {
		p := graph.Pair{Later: number[u.reader], Earlier: number[u.maker]}
		if _, known := f.inputs[p]; !known {
			f.inputs[p] = u.input
			f.pairs = append(f.pairs, p)
		}
	}
}

func (f *fileOrder) refuse(p graph.Pair, why string) {
	reader, maker := f.l.processes[p.Later], f.l.processes[p.Earlier]
	if !f.toTell(p) {
		return
	}
	advice := fmt.Sprintf("add waits_on = [%q]", gateKey(reader, maker))
	if len(reader.waits) > 0 {
		advice = fmt.Sprintf("add %q to waits_on", gateKey(reader, maker))
	}
	f.problem(p, "%s%s: %s", f.link(p), why, advice)
}

// problem is at the inputs of the reader of a pair.
func (f *fileOrder) problem(p graph.Pair, format string, args ...any) {
	f.l.processes[p.Later].table.problem("inputs", format, args...)
}

// toTell is true once for all instances of two tables.
func (f *fileOrder) toTell(p graph.Pair) bool {
	tables := [2]string{f.l.processes[p.Later].called(), f.l.processes[p.Earlier].called()}
	again := f.told[tables]
	f.told[tables] = true
	return !again
}

// link says what a reader has of a maker.
func (f *fileOrder) link(p graph.Pair) string {
	reader, maker := f.l.processes[p.Later], f.l.processes[p.Earlier]
	input := reader.table.source().relative(f.inputs[p])
	if reader.Group != "" {
		return fmt.Sprintf("the input %q of %q is an output of %q", input, reader.Name, maker.Name)
	}
	return fmt.Sprintf("its input %q is an output of %q", input, maker.Name)
}

// gateKey is what a reader has to wait on. Where it and the maker are instances
// with a value in common, each waits on the one that has its own.
func gateKey(reader, maker *declared) string {
	if reader.Group == "" || maker.Group == "" {
		return maker.Name
	}
	values := slices.Clone(maker.Matrix)
	for i, v := range values {
		if slices.Contains(reader.Matrix, v) {
			values[i].Value = "$" + MatrixVariable(v.Name)
		}
	}
	return instanceName(maker.Group, values)
}

// refuseCircles tells of the circles that would come of waits in place of all that
// are missing.
func (f *fileOrder) refuseCircles(missing []graph.Pair) {
	processes := slices.Clone(f.l.config.Graph.Processes())
	for _, p := range missing {
		gate := &processes[p.Later].WaitsOn
		*gate = append(slices.Clip(*gate), []string{processes[p.Earlier].Name})
	}
	_, problems := graph.Build(processes, nil)
	for _, problem := range problems {
		if problem.Circle != nil {
			f.refuseCircle(problem.Circle)
		}
	}
}

// refuseCircle begins with the first that reads what another makes; there is one,
// since the gates alone make no circle.
func (f *fileOrder) refuseCircle(names []string) {
	var links []graph.Pair
	for i, name := range names {
		later, _ := f.l.config.Graph.Process(name)
		earlier, _ := f.l.config.Graph.Process(names[(i+1)%len(names)])
		links = append(links, graph.Pair{Later: later, Earlier: earlier})
	}
	first := slices.IndexFunc(links, func(p graph.Pair) bool { return f.missing[p] })
	links = slices.Concat(links[first:], links[:first])
	var text strings.Builder
	tell := false
	for i, p := range links {
		tell = f.missing[p] && f.toTell(p) || tell
		text.WriteString(f.linkOfCircle(i, p))
	}
	if tell {
		f.problem(links[0], "a circle of files: %s", text.String())
	}
}

func (f *fileOrder) linkOfCircle(i int, p graph.Pair) string {
	maker := f.l.processes[p.Earlier]
	switch {
	case i == 0:
		return f.link(p)
	case f.missing[p]:
		reader := f.l.processes[p.Later]
		return fmt.Sprintf(", whose input %q is an output of %q", reader.table.source().relative(f.inputs[p]), maker.Name)
	}
	return fmt.Sprintf(", which waits on %q", maker.Name)
}
