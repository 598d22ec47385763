package engine

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"wprun/internal/graph"
)

// plan is a random graph with a random policy.
type plan struct {
	g      *graph.Graph
	policy Policy
}

// drawPlan draws processes that wait only on keys of those before them, so that
// there is no circle.
func drawPlan(t *rapid.T) plan {
	d := &drawer{t: t, known: []string{"outside", "limited"}}
	for i := range rapid.IntRange(1, 9).Draw(t, "processes") {
		d.process(i)
	}
	g, problems := graph.Build(d.processes, []graph.Watchpoint{
		{Key: "outside", External: true},
		{Key: "limited", External: true, Timeout: time.Hour},
	})
	if len(problems) > 0 {
		t.Fatalf("bad graph: %v", problems)
	}
	return plan{g, d.policy()}
}

type drawer struct {
	t         *rapid.T
	processes []graph.Process
	known     []string // keys that a later process may wait on
	shared    []string // keys that nobody waits on yet: others may signal them too
}

func (d *drawer) chance(percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(d.t, label) < percent
}

func (d *drawer) process(i int) {
	p := graph.Process{Name: fmt.Sprintf("p%d", i), Service: d.chance(30, "service")}
	for range rapid.IntRange(0, 2).Draw(d.t, "elements") {
		p.WaitsOn = append(p.WaitsOn, d.anyOf())
	}
	p.Signals = d.signals(p)
	d.processes = append(d.processes, p)
	d.known = append(d.known, p.Name)
}

func (d *drawer) anyOf() []string {
	var keys []string
	for range rapid.IntRange(1, 2).Draw(d.t, "alternatives") {
		key := rapid.SampledFrom(d.known).Draw(d.t, "key")
		if len(d.shared) > 0 && d.chance(30, "shared") {
			key = d.shared[0]
			d.shared = d.shared[1:]
			d.known = append(d.known, key)
		}
		if d.chance(25, "twin") {
			key += graph.FailedSuffix
		}
		keys = append(keys, key)
	}
	return keys
}

func (d *drawer) signals(p graph.Process) []graph.Signal {
	when := func() graph.When {
		return rapid.SampledFrom([]graph.When{graph.Earned, graph.Earned, graph.AtStart, graph.Self}).Draw(d.t, "when")
	}
	signals := []graph.Signal{{Key: p.Name, When: when()}}
	for _, key := range d.shared {
		if d.chance(40, "signal shared") {
			signals = append(signals, graph.Signal{Key: key, When: when()})
		}
	}
	if d.chance(30, "new key") {
		key := p.Name + "-extra"
		signals = append(signals, graph.Signal{Key: key, When: when()})
		d.shared = append(d.shared, key)
	}
	return signals
}

func (d *drawer) policy() Policy {
	p := Policy{
		OnFailure:   rapid.SampledFrom([]OnFailure{"", FinishRunning, StopRunning, Continue}).Draw(d.t, "on failure"),
		Jobs:        rapid.IntRange(0, 3).Draw(d.t, "jobs"),
		Pools:       map[string]int{"gpu": 1, "memory": 3},
		StopTimeout: time.Minute,
		Options:     map[string]Options{},
	}
	for _, proc := range d.processes {
		if proc.Service {
			p.Options[proc.Name] = d.service()
		} else {
			p.Options[proc.Name] = d.task()
		}
	}
	if d.chance(30, "targets") {
		for _, proc := range d.processes {
			if d.chance(40, "target") {
				p.Targets = append(p.Targets, proc.Name)
			}
		}
	}
	return p
}

func (d *drawer) service() Options {
	o := Options{WaitTimeout: d.patience()}
	if d.chance(60, "may be restarted") {
		o.Restart = rapid.SampledFrom([]string{"", RestartNo, RestartOnFailure, RestartAlways}).Draw(d.t, "restart")
		o.MaxRestarts = rapid.IntRange(1, 3).Draw(d.t, "at most")
		o.Cascade = rapid.Bool().Draw(d.t, "cascade")
		o.Probed = rapid.Bool().Draw(d.t, "probed")
	}
	return o
}

func (d *drawer) task() Options {
	o := Options{
		Checked:      d.chance(40, "checked"),
		WaitTimeout:  d.patience(),
		AllowFailure: d.chance(20, "may fail"),
		Pool:         rapid.SampledFrom([]string{"", "", "gpu", "memory"}).Draw(d.t, "pool"),
		Weight:       rapid.IntRange(0, 4).Draw(d.t, "weight"),
	}
	if d.chance(30, "has a time-out") {
		o.Timeout = time.Second
	}
	if d.chance(30, "is tried again") {
		o.Retries = rapid.IntRange(1, 2).Draw(d.t, "retries")
	}
	return o
}

func (d *drawer) patience() time.Duration {
	if d.chance(20, "has a patience") {
		return time.Minute
	}
	return 0
}
