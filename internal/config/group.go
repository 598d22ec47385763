package config

import (
	"slices"
	"strings"

	"wprun/internal/graph"
)

// group is the instances of a matrix task.
type group struct {
	names  []string
	values [][]Axis
	// having lists the instances, by index, that have a value.
	having map[Axis][]int
}

// groups has them by the names of their tables.
type groups map[string]*group

func (gs groups) add(p *Process) {
	g := gs[p.Group]
	if g == nil {
		g = &group{having: map[Axis][]int{}}
		gs[p.Group] = g
	}
	for _, v := range p.Matrix {
		g.having[v] = append(g.having[v], len(g.names))
	}
	g.names = append(g.names, p.Name)
	g.values = append(g.values, p.Matrix)
}

// named returns the instances that a name stands for: "test" for all of them,
// "test[os=linux]" for those with this value; nil if there are none. The name of
// one instance stands for that.
func (gs groups) named(name string) []string {
	stem, rest, some := strings.Cut(name, "[")
	g := gs[stem]
	if g == nil {
		return nil
	}
	if !some {
		return g.names
	}
	rest, ok := strings.CutSuffix(rest, "]")
	if !ok {
		return nil
	}
	var wanted []Axis
	for term := range strings.SplitSeq(rest, ",") {
		axis, value, _ := strings.Cut(term, "=")
		wanted = append(wanted, Axis{axis, value})
	}
	fewest := slices.MinFunc(wanted, func(a, b Axis) int { return len(g.having[a]) - len(g.having[b]) })
	var names []string
	for _, i := range g.having[fewest] {
		if covers(wanted, g.values[i]) {
			names = append(names, g.names[i])
		}
	}
	return names
}

// maxGate is how many keys what one process waits on may come to, and maxGates
// those of all.
const (
	maxGate  = 100_000
	maxGates = 2_000_000
)

// gate is what a process waits on, with instances in place of groups: all of its
// elements, any key of each. own are those keys that are there as the file has them.
func (l *loader) gate(d *declared) (gate [][]string, own []string) {
	if len(d.waits) == 0 {
		return nil, nil
	}
	gate, own = make([][]string, 0, len(d.waits)), make([]string, 0, len(d.waits))
	keys := 0
	for anyOf := range d.elements {
		elements, size := l.elements(anyOf)
		keys += size
		if keys > maxGate || l.gateKeys+keys > maxGates {
			l.broken = true
			l.problem(d.refTo(anyOf[0]).at, "%v cannot wait on so many instances: its gate would have more than %d keys, or those of all processes more than %d; have a task between wait on them",
				d, maxGate, maxGates)
			return nil, nil
		}
		if elements != nil {
			gate = append(gate, elements()...)
			continue
		}
		begin := len(own)
		for _, m := range anyOf {
			own = append(own, m.text)
		}
		gate = append(gate, own[begin:len(own):len(own)])
	}
	l.gateKeys += keys
	return gate, own
}

// elements turns a choice with groups into elements of a gate, and tells before how
// many keys these have; what has none of them is one as it is. A group in a choice stands for all its instances at once; with its
// twin beside it, it stands for the end of all of them, however they end.
func (l *loader) elements(anyOf []mention) (make func() [][]string, keys int) {
	if !slices.ContainsFunc(anyOf, func(m mention) bool { return len(l.instancesOf(m.key)) > 0 }) {
		return nil, len(anyOf)
	}
	var plain []string
	var wholes [][][]string
	for _, m := range anyOf {
		names, twin := l.instancesOf(m.key), m.key != m.bare
		both := mentions(anyOf, m.bare.text) && mentions(anyOf, m.bare.text+graph.FailedSuffix)
		switch {
		case len(names) == 0:
			plain = append(plain, m.text)
		case twin && !both:
			for _, name := range names {
				plain = append(plain, name+graph.FailedSuffix)
			}
		case !twin:
			wholes = append(wholes, whole(names, both))
		}
	}
	count, width := 1, len(plain)
	for _, w := range wholes {
		count = min(count*len(w), maxGate+1)
		width += len(w[0])
	}
	return func() [][]string { return product(plain, wholes) }, min(count*width, maxGate+1)
}

func mentions(anyOf []mention, text string) bool {
	return slices.ContainsFunc(anyOf, func(m mention) bool { return m.text == text })
}

// whole is one element for each instance: its key, or that and its twin.
func whole(names []string, ended bool) [][]string {
	list := make([][]string, 0, len(names))
	for _, name := range names {
		if ended {
			list = append(list, []string{name, name + graph.FailedSuffix})
		} else {
			list = append(list, []string{name})
		}
	}
	return list
}

// product distributes: (a and b) or c is a or c, and b or c.
func product(plain []string, wholes [][][]string) [][]string {
	elements := [][]string{plain}
	for _, w := range wholes {
		var next [][]string
		for _, e := range elements {
			for _, keys := range w {
				next = append(next, slices.Concat(e, keys))
			}
		}
		elements = next
	}
	return elements
}
