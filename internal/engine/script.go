package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"wprun/internal/graph"
)

// Describe gives a graph and a policy in the words with which a test script
// begins, so that the record of a real run can be made a test.
func Describe(g *graph.Graph, p Policy) string {
	var s strings.Builder
	for _, w := range g.Points() {
		if w.External {
			fmt.Fprintf(&s, "external %s%s\n", w.Key, option(" timeout=", w.Timeout, w.Timeout > 0))
		}
	}
	for i, proc := range g.Processes() {
		s.WriteString(describeProcess(g, i, p.Options[proc.Name]))
	}
	s.WriteString("policy" +
		option(" on-failure=", p.OnFailure, p.OnFailure != "") +
		option(" jobs=", p.Jobs, p.Jobs > 0) +
		option(" pools=", describePools(p.Pools), len(p.Pools) > 0) +
		option(" stop-timeout=", p.StopTimeout, p.StopTimeout > 0) +
		option(" targets=", strings.Join(p.Targets, ","), len(p.Targets) > 0) + "\n")
	return s.String()
}

func describeProcess(g *graph.Graph, i int, o Options) string {
	p := g.Processes()[i]
	kind := "task"
	if p.Service {
		kind = "service"
	}
	var waits, signals, codes []string
	for _, anyOf := range p.WaitsOn {
		waits = append(waits, strings.Join(anyOf, "|"))
	}
	for _, s := range p.Signals {
		if s.Key != p.Name || s.When != graph.Earned {
			signals = append(signals, s.Key+option("@", s.When, s.When != graph.Earned))
		}
	}
	for _, c := range o.Success {
		codes = append(codes, fmt.Sprint(c))
	}
	return kind + " " + p.Name +
		option(" waits=", strings.Join(waits, ","), len(waits) > 0) +
		option(" signals=", strings.Join(signals, ","), len(signals) > 0) +
		option(" success=", strings.Join(codes, ","), len(codes) > 0) +
		option(" grace=", o.Grace, o.Grace > 0) +
		option(" restart=", o.Restart, o.Restart != "") +
		option(" max-restarts=", o.MaxRestarts, o.MaxRestarts > 0) +
		option(" cascade", "", o.Cascade) +
		option(" probed", "", o.Probed) +
		option(" checked", "", o.Checked) +
		option(" timeout=", o.Timeout, o.Timeout > 0) +
		option(" wait-timeout=", o.WaitTimeout, o.WaitTimeout > 0) +
		option(" retries=", o.Retries, o.Retries > 0) +
		option(" retry-delay=", o.RetryDelay, o.RetryDelay > 0) +
		option(" allow-failure", "", o.AllowFailure) +
		option(" pool=", o.Pool, o.Pool != "") +
		option(" weight=", o.Weight, o.Weight > 1) + "\n"
}

func describePools(pools map[string]int) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(pools)) {
		all = append(all, fmt.Sprintf("%s:%d", name, pools[name]))
	}
	return strings.Join(all, ",")
}

func option(name string, value any, given bool) string {
	if !given {
		return ""
	}
	return name + fmt.Sprint(value)
}
