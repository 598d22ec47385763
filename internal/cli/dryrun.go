package cli

import (
	"fmt"

	"wprun/internal/config"
	"wprun/internal/graph"
)

// printPlan prints what a run would start, in an order in which it could.
func (o *runOptions) printPlan(cfg *config.Config, s Streams) error {
	needed := cfg.Graph.Closure(cfg.Graph.Chosen(o.targets))
	for _, level := range cfg.Graph.Levels() {
		for _, i := range level {
			if needed[i] {
				fmt.Fprintln(s.Out, planLine(cfg, i))
			}
		}
	}
	return nil
}

func planLine(cfg *config.Config, i int) string {
	p := cfg.Processes[i]
	line := fmt.Sprintf("%s %s: %s", kind(p.Service), p.Name, describeCommand(p))
	if waits := graph.GateText(cfg.Graph.Processes()[i].WaitsOn); waits != "" {
		line += "  # waits on " + waits
	}
	return line
}
