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
	byName    map[string]int
	byKey     map[string]int
	levels    []int
	heights   []int
}

// Build connects processes and watchpoints. Processes keep their order; points
// are ordered by their first mention: declared watchpoints, then own names,
// then the other signals. It reports every problem it finds, not the first.
func Build(processes []Process, watchpoints []Watchpoint) (*Graph, []Problem) {
	n, m := len(processes), len(processes)+len(watchpoints) // further keys are few
	b := &builder{g: &Graph{
		processes: make([]Process, 0, n), gates: make([][][]Wait, 0, n), byName: make(map[string]int, n),
		points: make([]Point, 0, m), byKey: make(map[string]int, m),
	}}
	b.addWatchpoints(watchpoints)
	b.addProcesses(processes)
	for i := range b.g.processes {
		b.addSignals(i)
	}
	for i := range b.g.processes {
		b.addGate(i)
	}
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
	for _, p := range ps {
		if _, double := b.g.byName[p.Name]; double {
			b.problem(p.Name, "", "cannot have two processes of the name %q", p.Name)
			continue
		}
		b.g.byName[p.Name] = len(b.g.processes)
		b.g.processes = append(b.g.processes, withOwnName(p))
		b.point(p.Name)
	}
}

// withOwnName puts the watchpoint of the process's own name first.
func withOwnName(p Process) Process {
	signals := []Signal{{Key: p.Name}}
	for _, s := range p.Signals {
		if s.Key == p.Name {
			signals[0] = s
		} else {
			signals = append(signals, s)
		}
	}
	p.Signals = signals
	return p
}

func (b *builder) addSignals(process int) {
	seen := map[string]bool{}
	for _, s := range b.g.processes[process].Signals {
		if seen[s.Key] {
			b.problem(b.g.processes[process].Name, s.Key, "cannot signal %q twice: remove one of the two", s.Key)
			continue
		}
		seen[s.Key] = true
		i := b.point(s.Key)
		b.g.points[i].Signallers = append(b.g.points[i].Signallers, process)
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

func (b *builder) addGate(process int) {
	p := b.g.processes[process]
	keys := 0
	for _, anyOf := range p.WaitsOn {
		keys += len(anyOf)
	}
	gate, all := make([][]Wait, 0, len(p.WaitsOn)), make([]Wait, 0, keys)
	for _, anyOf := range p.WaitsOn {
		begin := len(all)
		all = b.anyOf(all, process, anyOf)
		gate = append(gate, all[begin:len(all):len(all)])
	}
	b.g.gates = append(b.g.gates, gate)
}

// anyOf appends the meanings of the keys of one element.
func (b *builder) anyOf(waits []Wait, process int, keys []string) []Wait {
	name := b.g.processes[process].Name
	if len(keys) == 0 {
		b.problem(name, "", "cannot wait on any of nothing: put keys into the inner list, or remove it")
	}
	for _, key := range keys {
		wait, ok := b.wait(key)
		if !ok {
			b.problem(name, key, "cannot wait on %q: nobody signals it%s", key, b.advice(key))
			continue
		}
		waits = append(waits, wait)
		b.addWaiter(wait.Point, process)
	}
	return waits
}

// addWaiter relies on processes being added one after the other.
func (b *builder) addWaiter(point, process int) {
	w := b.g.points[point].Waiters
	if len(w) == 0 || w[len(w)-1] != process {
		b.g.points[point].Waiters = append(w, process)
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
