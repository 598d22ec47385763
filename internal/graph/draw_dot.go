package graph

import (
	"fmt"
	"strings"
)

// Dot draws in the language of Graphviz: tasks as boxes, services as ellipses,
// watchpoints as folders.
func (g *Graph) Dot() string {
	var b strings.Builder
	b.WriteString("digraph wprun {\n\trankdir = LR\n\tnode [shape = box]\n")
	for i, p := range g.processes {
		shape := ""
		if p.Service {
			shape = " [shape = ellipse]"
		}
		fmt.Fprintf(&b, "\t%s%s\n", g.dotID(node{index: i}), shape)
	}
	for i, p := range g.points {
		if !g.shown(i) {
			continue
		}
		style := ""
		if p.External {
			style = ", style = dashed"
		}
		fmt.Fprintf(&b, "\t%s [shape = folder, label = %s%s]\n", g.dotID(node{true, i}), dotQuote(p.Key), style)
	}
	for _, a := range g.arrows() {
		fmt.Fprintf(&b, "\t%s -> %s%s\n", g.dotID(a.from), g.dotID(a.to), dotStyle(a))
	}
	b.WriteString("}\n")
	return b.String()
}

// dotID ends in a slash for a point, which the name of no process does.
func (g *Graph) dotID(n node) string {
	if n.point {
		return dotQuote(g.points[n.index].Key + "/")
	}
	return dotQuote(g.processes[n.index].Name)
}

func dotStyle(a arrow) string {
	var parts []string
	if a.failed {
		parts = append(parts, "style = dashed")
	}
	if a.label != "" {
		parts = append(parts, "label = "+dotQuote(a.label))
	}
	if len(parts) == 0 {
		return ""
	}
	return " [" + strings.Join(parts, ", ") + "]"
}

// dotQuote also escapes backslashes, which begin escapes such as \N in labels.
func dotQuote(s string) string {
	return `"` + dotEscapes.Replace(s) + `"`
}

var dotEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
