package cli

import (
	"context"
	"fmt"
	"strings"

	"wprun/internal/config"
	"wprun/internal/graph"
)

// printPlan prints what a run would start, in an order in which it could, and why.
func (o *runOptions) printPlan(l *ledger, s Streams) {
	needed := l.cfg.Graph.Closure(l.cfg.Graph.Chosen(o.targets))
	l.foresee(context.Background(), needed, func(i int, f foresight) {
		fmt.Fprintln(s.Out, planLine(l.cfg, i, f))
	})
}

// firstLine is a text of several lines cut short.
func firstLine(text string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if rest != "" {
		line += " ..."
	}
	return line
}

func planLine(cfg *config.Config, i int, f foresight) string {
	p := cfg.Processes[i]
	line := fmt.Sprintf("%s %s: %s", kind(p.Service), p.Name, firstLine(describeCommand(p)))
	comment := ""
	if waits := graph.GateText(cfg.Graph.Processes()[i].WaitsOn); waits != "" {
		comment = "waits on " + waits
	}
	if len(f.why) > 0 {
		if comment != "" {
			comment += "; "
		}
		comment += f.outcome.String() + ": " + clauses(f.why)
	}
	if comment != "" {
		line += "  # " + comment
	}
	return line
}
