package cli

import (
	"context"
	"fmt"

	"wprun/internal/config"
	"wprun/internal/graph"
)

// printPlan prints what a run would start, in an order in which it could, and why.
func (o *runOptions) printPlan(l *ledger, s Streams) error {
	cfg := l.cfg
	needed := cfg.Graph.Closure(cfg.Graph.Chosen(o.targets))
	ahead, err := l.foresee(context.Background(), needed)
	if err != nil {
		return err
	}
	for _, level := range cfg.Graph.Levels() {
		for _, i := range level {
			if needed[i] {
				fmt.Fprintln(s.Out, planLine(cfg, i, ahead[i]))
			}
		}
	}
	return nil
}

func planLine(cfg *config.Config, i int, f foresight) string {
	p := cfg.Processes[i]
	line := fmt.Sprintf("%s %s: %s", kind(p.Service), p.Name, describeCommand(p))
	comment := ""
	if waits := graph.GateText(cfg.Graph.Processes()[i].WaitsOn); waits != "" {
		comment = "waits on " + waits
	}
	if len(f.why) > 0 {
		if comment != "" {
			comment += "; "
		}
		comment += f.String()
	}
	if comment != "" {
		line += "  # " + comment
	}
	return line
}
