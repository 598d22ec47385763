package config

import (
	"strings"

	"wprun/internal/graph"
	"wprun/internal/probe"
	"wprun/internal/watchpoint"
)

// checkPoints refuses two keys with one path, and warns of unused ones.
func (l *loader) checkPoints() {
	type path struct{ base, name string }
	byPath := make(map[path]*point, len(l.points))
	l.config.Watchpoints = make([]watchpoint.Watchpoint, 0, len(l.points))
	bases := map[string]string{"": ""}
	l.markUsed()
	for _, p := range l.points {
		base, known := bases[p.base]
		if !known {
			base = realPath(p.base)
			bases[p.base] = base
		}
		at := path{base, strings.ToLower(p.fileName())}
		if other := byPath[at]; other != nil {
			l.onePath(p, other)
		}
		byPath[at] = p
		if p.declared && !p.used {
			l.warn(p.at, "watchpoint %v is not used: nothing waits on it and nothing signals it", p.ref)
		}
		l.config.Watchpoints = append(l.config.Watchpoints, watchpoint.Watchpoint{Key: p.watchpointKey(), Base: p.base, Name: p.name})
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

// markUsed marks own names, signals and waits; to wait on a twin is a use.
func (l *loader) markUsed() {
	for _, p := range l.processes {
		p.own.used = true
		for k := range p.mentioned {
			k.used, k.bare.used = true, true
		}
	}
}

// buildGraph leaves the graph out where its problems could be mere
// consequences of others.
func (l *loader) buildGraph() {
	l.checkReady()
	if l.broken {
		return
	}
	processes := make([]graph.Process, 0, len(l.processes))
	var watchpoints []graph.Watchpoint
	for _, d := range l.processes {
		processes = append(processes, l.forGraph(d))
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
	if len(problems) > 0 {
		l.graphProblems(problems)
	}
	l.config.Graph = g
}

func (l *loader) forGraph(d *declared) graph.Process {
	p := graph.Process{Name: d.Name, Service: d.Service}
	p.WaitsOn, d.names = l.gate(d)
	if len(d.names) < len(d.waits)+len(d.signals) {
		d.names = l.namesOf(d)
	}
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

// graphProblems finds the lines of what graph.Build complains about.
func (l *loader) graphProblems(problems []graph.Problem) {
	byName := make(map[string]*declared, len(l.processes))
	for _, d := range l.processes {
		byName[d.Name] = d
	}
	for _, problem := range problems {
		d := byName[problem.Process]
		if d == nil {
			l.sources[0].problem(0, "%s", problem.Text)
			continue
		}
		at := d.table.place("waits_on")
		for _, r := range d.mentions() {
			if r.text == problem.Key {
				at = r.at
			}
		}
		l.problem(at, "%v %s", d, problem.Text)
	}
}

// checkReady demands ready of services whose moment somebody waits for.
func (l *loader) checkReady() {
	for _, d := range l.processes {
		for _, m := range d.waits {
			if m.key != nil && m.waiter == nil {
				m.waiter = d
			}
		}
	}
	for _, d := range l.processes {
		if !d.Service || d.table.given("ready") {
			continue
		}
		for _, k := range d.earned() {
			if k.waiter != nil {
				l.problem(d.table.at, `cannot tell when %v is ready, and %v waits on %q: add ready = { tcp = "HOST:PORT" } or another of http, exec, log, path, "started", "self"`, d, k.waiter, k.text)
				break
			}
		}
	}
}

// earned lists the keys that are signalled at the default moment.
func (d *declared) earned() []*key {
	keys := []*key{d.own}
	for _, s := range d.signals {
		if s.key == d.own {
			keys = keys[1:]
		}
	}
	for _, s := range d.signals {
		if s.when == graph.Earned {
			keys = append(keys, s.key)
		}
	}
	return keys
}
