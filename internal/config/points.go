package config

import (
	"strings"

	"wprun/internal/graph"
	"wprun/internal/probe"
	"wprun/internal/watchpoint"
)

// checkPoints refuses two keys with one path, and warns of unused ones.
func (l *loader) checkPoints() {
	byPath := make(map[string]*point, len(l.points))
	l.config.Watchpoints = make([]watchpoint.Watchpoint, 0, len(l.points))
	bases := map[string]string{}
	used := l.usedKeys()
	for _, p := range l.points {
		name := p.fileName()
		if _, known := bases[p.base]; !known && p.base != "" {
			bases[p.base] = realPath(p.base)
		}
		path := bases[p.base] + "\x00" + strings.ToLower(name)
		if other := byPath[path]; other != nil {
			l.onePath(p, other)
		}
		byPath[path] = p
		if p.declared && !used[p.text] {
			l.warn(p.at, "watchpoint %v is not used: nothing waits on it and nothing signals it", p.ref)
		}
		l.config.Watchpoints = append(l.config.Watchpoints, watchpoint.Watchpoint{Key: p.key, Base: p.base, Name: p.name})
	}
	for _, p := range l.processes {
		l.readPaths(p)
	}
}

func (p *point) fileName() string {
	if p.name == "" {
		return p.text
	}
	return p.name
}

func (l *loader) onePath(p, other *point) {
	if p.fileName() == other.fileName() {
		l.problem(p.at, "cannot use key %v: %v%s has the same path", p.ref, other.ref, other.at.elsewhere(p.at))
		return
	}
	l.problem(p.at, "cannot use key %v: its name %q and %q of %v%s differ only in the case of letters",
		p.ref, p.fileName(), other.fileName(), other.ref, other.at.elsewhere(p.at))
}

// usedKeys holds own names, signals and waits; to wait on a twin is a use.
func (l *loader) usedKeys() map[string]bool {
	used := make(map[string]bool, len(l.points))
	for _, p := range l.processes {
		used[p.Name] = true
		for _, r := range p.mentions() {
			used[r.text] = true
			used[strings.TrimSuffix(r.text, graph.FailedSuffix)] = true
		}
	}
	return used
}

func (d *declared) mentions() []ref {
	refs := make([]ref, 0, len(d.waits)+len(d.signals))
	for _, anyOf := range d.waits {
		refs = append(refs, anyOf...)
	}
	for _, s := range d.signals {
		refs = append(refs, s.ref)
	}
	return refs
}

// readPaths refuses two keys of one process whose paths would reach it in one
// variable. An instance knows its own watchpoint by the name of its table.
func (l *loader) readPaths(d *declared) {
	mentions := d.mentions()
	own := PathVariable{pathVariable(d.called()), d.Name}
	d.Paths = append(make([]PathVariable, 0, len(mentions)+1), own)
	byVariable := make(map[string]string, len(mentions)+1)
	byVariable[own.Name] = own.Key
	for _, r := range mentions {
		if l.manyInstances(r.text) {
			continue
		}
		v := PathVariable{pathVariable(r.text), r.text}
		if r.text == d.Name {
			v = own
		}
		other, taken := byVariable[v.Name]
		if taken && other != v.Key {
			l.problem(r.at, "cannot give %v the paths of %q and %q: both would be %s", d, other, v.Key, v.Name)
		}
		if !taken {
			d.Paths = append(d.Paths, v)
		}
		byVariable[v.Name] = v.Key
	}
}

// manyInstances says that a key, or the key of which it is the twin, stands for
// more than one watchpoint.
func (l *loader) manyInstances(key string) bool {
	key = strings.TrimSuffix(key, graph.FailedSuffix)
	return l.byKey[key] == nil && len(l.groups.named(key)) > 0
}

func pathVariable(key string) string { return "WPRUN_PATH_" + capitals(key) }

// capitals is a name in capitals, with "_" for whatever is neither letter nor
// digit.
func capitals(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// buildGraph leaves the graph out where its problems could be mere
// consequences of others.
func (l *loader) buildGraph() {
	l.checkReady()
	if l.broken {
		return
	}
	processes := make([]graph.Process, 0, len(l.processes))
	l.config.Processes = make([]Process, 0, len(l.processes))
	var watchpoints []graph.Watchpoint
	for _, d := range l.processes {
		processes = append(processes, l.forGraph(d))
		l.config.Processes = append(l.config.Processes, d.Process)
	}
	for _, p := range l.points {
		if p.declared {
			watchpoints = append(watchpoints, graph.Watchpoint{Key: p.text, External: p.external, Timeout: p.timeout})
		}
	}
	if l.broken {
		return
	}
	g, problems := graph.Build(processes, watchpoints)
	for _, problem := range problems {
		l.graphProblem(problem)
	}
	l.config.Graph = g
}

func (l *loader) forGraph(d *declared) graph.Process {
	p := graph.Process{Name: d.Name, Service: d.Service, WaitsOn: l.gate(d)}
	if d.Service {
		p.Signals = append(p.Signals, graph.Signal{Key: d.Name, When: readyMoment(d.Ready.Kind)})
	}
	for _, s := range d.signals {
		p.Signals = append(p.Signals, graph.Signal{Key: s.text, When: s.when})
	}
	return p
}

// readyMoment is when the watchpoint of a service's own name is made.
func readyMoment(k probe.Kind) graph.When {
	switch k {
	case probe.Started:
		return graph.AtStart
	case probe.Self:
		return graph.Self
	}
	return graph.Earned
}

// graphProblem finds the line of what graph.Build complains about.
func (l *loader) graphProblem(problem graph.Problem) {
	for _, d := range l.processes {
		if d.Name != problem.Process {
			continue
		}
		at := d.table.place("waits_on")
		for _, r := range d.mentions() {
			if r.text == problem.Key {
				at = r.at
			}
		}
		l.problem(at, "%v %s", d, problem.Text)
		return
	}
	l.sources[0].problem(0, "%s", problem.Text)
}

// checkReady demands ready of services whose moment somebody waits for.
func (l *loader) checkReady() {
	waiter := map[string]*declared{}
	for _, d := range l.processes {
		for _, anyOf := range d.waits {
			for _, r := range anyOf {
				if waiter[r.text] == nil {
					waiter[r.text] = d
				}
			}
		}
	}
	for _, d := range l.processes {
		if !d.Service || d.table.given("ready") {
			continue
		}
		for _, key := range d.earned() {
			if w := waiter[key]; w != nil {
				l.problem(d.table.at, `cannot tell when %v is ready, and %v waits on %q: add ready = { tcp = "HOST:PORT" } or another of http, exec, log, path, "started", "self"`, d, w, key)
				break
			}
		}
	}
}

// earned lists the keys that are signalled at the default moment.
func (d *declared) earned() []string {
	keys := []string{d.Name}
	for _, s := range d.signals {
		if s.text == d.Name {
			keys = keys[1:]
		}
	}
	for _, s := range d.signals {
		if s.when == graph.Earned {
			keys = append(keys, s.text)
		}
	}
	return keys
}
