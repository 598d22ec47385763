package graph

import (
	"fmt"
	"strings"

	"wprun/internal/nearest"
)

// Wait is one key of a gate: a point, or the twin of that point.
type Wait struct {
	Point  int
	Failed bool
}

// Point is a watchpoint together with the processes around it, by index.
type Point struct {
	Watchpoint
	Signallers []int
	// Waiters mention the point or its twin in their gate.
	Waiters []int
}

// Graph is what Build makes of correct declarations. It never changes, so it
// may be shared freely; the slices it returns must not be written to.
type Graph struct {
	processes []Process
	points    []Point
	gates     [][][]Wait
	promises  [][]int // the points of the signals of each process
	byName    map[string]int
	byKey     map[string]int
	levels    []int
	heights   []int
	byLevel   []int // the processes
}

// Build connects processes and watchpoints. Processes keep their order; points
// are ordered by their first mention: declared watchpoints, then own names,
// then the other signals. It reports every problem it finds, not the first.
func Build(processes []Process, watchpoints []Watchpoint) (*Graph, []Problem) {
	n, m := len(processes), len(processes)+len(watchpoints) // further keys are few
	b := &builder{g: &Graph{
		processes: make([]Process, 0, n), gates: make([][][]Wait, n), promises: make([][]int, n), byName: make(map[string]int, n),
		points: make([]Point, 0, m), byKey: make(map[string]int, m),
	}}
	b.addWatchpoints(watchpoints)
	b.addProcesses(processes)
	b.addSignals()
	b.addGates()
	b.addWaiters()
	b.order()
	if len(b.problems) > 0 {
		return nil, b.problems
	}
	return b.g, nil
}

type builder struct {
	g        *Graph
	problems []Problem
	keys     []string // of nameable; made when first needed
	single   []Wait   // by point, the point and its twin
	choices  []Wait   // of all elements with many keys
}

func (b *builder) problem(process, key, format string, args ...any) {
	b.problems = append(b.problems, Problem{Process: process, Key: key, Text: fmt.Sprintf(format, args...)})
}

func (b *builder) addWatchpoints(ws []Watchpoint) {
	for _, w := range ws {
		if _, double := b.g.byKey[w.Key]; double {
			b.problem("", w.Key, "cannot declare watchpoint %q twice", w.Key)
			continue
		}
		b.point(w.Key)
		b.g.points[b.g.byKey[w.Key]].Watchpoint = w
	}
}

func (b *builder) addProcesses(ps []Process) {
	own := make([]Signal, len(ps))
	for i, p := range ps {
		if _, double := b.g.byName[p.Name]; double {
			b.problem(p.Name, "", "cannot have two processes of the name %q", p.Name)
			continue
		}
		b.g.byName[p.Name] = len(b.g.processes)
		p.Signals = withOwnName(own[i:i+1:i+1], p)
		b.g.processes = append(b.g.processes, p)
		b.point(p.Name)
	}
}

// withOwnName puts the watchpoint of the process's own name first, for which there is
// room.
func withOwnName(signals []Signal, p Process) []Signal {
	signals[0] = Signal{Key: p.Name}
	for _, s := range p.Signals {
		if s.Key == p.Name {
			signals[0] = s
		} else {
			signals = append(signals, s)
		}
	}
	return signals
}

func (b *builder) addSignals() {
	n := 0
	for _, p := range b.g.processes {
		n += len(p.Signals)
	}
	all := make([]int, 0, n)
	for i, p := range b.g.processes {
		begin := len(all)
		for _, s := range p.Signals {
			all = append(all, b.point(s.Key))
		}
		b.g.promises[i] = all[begin:len(all):len(all)]
	}
	around := newAround(len(b.g.points))
	for i, points := range b.g.promises {
		for _, point := range points {
			if !around.count(point, i) {
				key := b.g.points[point].Key
				b.problem(b.g.processes[i].Name, key, "cannot signal %q twice: remove one of the two", key)
			}
		}
	}
	around.makeRoom()
	for i, points := range b.g.promises {
		for _, point := range points {
			around.add(point, i)
		}
	}
	for i := range b.g.points {
		b.g.points[i].Signallers = around.of[i]
	}
}

// point returns the index of a key's point, and makes the point at need.
func (b *builder) point(key string) int {
	if i, ok := b.g.byKey[key]; ok {
		return i
	}
	i := len(b.g.points)
	b.g.byKey[key] = i
	b.g.points = append(b.g.points, Point{Watchpoint: Watchpoint{Key: key}})
	return i
}

func (b *builder) addGates() {
	elements, choices := 0, 0
	for _, p := range b.g.processes {
		elements += len(p.WaitsOn)
		for _, anyOf := range p.WaitsOn {
			if len(anyOf) > 1 {
				choices += len(anyOf)
			}
		}
	}
	b.single, b.choices = make([]Wait, 2*len(b.g.points)), make([]Wait, 0, choices)
	all := make([][]Wait, 0, elements)
	for i, p := range b.g.processes {
		begin := len(all)
		for _, anyOf := range p.WaitsOn {
			all = append(all, b.anyOf(i, anyOf))
		}
		b.g.gates[i] = all[begin:len(all):len(all)]
	}
}

// anyOf is what the keys of one element mean. Elements of one key share it.
func (b *builder) anyOf(process int, keys []string) []Wait {
	name := b.g.processes[process].Name
	if len(keys) == 0 {
		b.problem(name, "", "cannot wait on any of nothing: put keys into the inner list, or remove it")
	}
	begin := len(b.choices)
	for _, key := range keys {
		wait, ok := b.wait(key)
		switch {
		case !ok:
			b.problem(name, key, "cannot wait on %q: nobody signals it%s", key, b.advice(key))
		case len(keys) == 1:
			return b.alone(wait)
		default:
			b.choices = append(b.choices, wait)
		}
	}
	return b.choices[begin:len(b.choices):len(b.choices)]
}

// alone is an element of one wait.
func (b *builder) alone(w Wait) []Wait {
	at := 2 * w.Point
	if w.Failed {
		at++
	}
	b.single[at] = w
	return b.single[at : at+1 : at+1]
}

func (b *builder) addWaiters() {
	around := newAround(len(b.g.points))
	for i, gate := range b.g.gates {
		for _, anyOf := range gate {
			for _, w := range anyOf {
				around.count(w.Point, i)
			}
		}
	}
	around.makeRoom()
	for i, gate := range b.g.gates {
		for _, anyOf := range gate {
			for _, w := range anyOf {
				around.add(w.Point, i)
			}
		}
	}
	for i := range b.g.points {
		b.g.points[i].Waiters = around.of[i]
	}
}

// wait finds what a key of a gate means; false if nobody can bring it about.
func (b *builder) wait(key string) (Wait, bool) {
	if i, ok := b.g.byKey[key]; ok {
		return Wait{Point: i}, b.canCome(i)
	}
	if key, twin := strings.CutSuffix(key, FailedSuffix); twin {
		if i, ok := b.g.byKey[key]; ok {
			return Wait{Point: i, Failed: true}, b.canCome(i)
		}
	}
	return Wait{}, false
}

func (b *builder) canCome(point int) bool {
	p := b.g.points[point]
	return p.External || len(p.Signallers) > 0
}

// advice compares twins by their keys alone: the common ending would make any
// two of them look alike.
func (b *builder) advice(key string) string {
	const hint = "; a [[watchpoint]] with external = true allows somebody outside this file to do so"
	keys, suffix := b.nameable(), ""
	if bare, twin := strings.CutSuffix(key, FailedSuffix); twin {
		key, suffix, keys = bare, FailedSuffix, keys[:len(keys)/2]
	}
	if name, ok := nearest.Name(key, keys); ok {
		return fmt.Sprintf("; did you mean %q?", name+suffix) + hint
	}
	return hint
}

// nameable lists every key that one may wait on, then the twin of each.
func (b *builder) nameable() []string {
	if b.keys != nil {
		return b.keys
	}
	var twins []string
	for i, p := range b.g.points {
		if b.canCome(i) {
			b.keys = append(b.keys, p.Key)
			twins = append(twins, p.Key+FailedSuffix)
		}
	}
	b.keys = append(b.keys, twins...)
	return b.keys
}
