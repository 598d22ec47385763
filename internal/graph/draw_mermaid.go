package graph

import (
	"fmt"
	"strings"
)

// Mermaid draws a flowchart: tasks as boxes, services as rounded boxes,
// watchpoints as hexagons.
func (g *Graph) Mermaid() string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, p := range g.processes {
		open, shut := "[", "]"
		if p.Service {
			open, shut = "([", "])"
		}
		fmt.Fprintf(&b, "    %s%s%s%s\n", mermaidID(node{index: i}), open, mermaidQuote(p.Name), shut)
	}
	for i, p := range g.points {
		if g.shown(i) {
			fmt.Fprintf(&b, "    %s{{%s}}\n", mermaidID(node{true, i}), mermaidQuote(p.Key))
		}
	}
	for _, a := range g.arrows() {
		fmt.Fprintf(&b, "    %s %s %s\n", mermaidID(a.from), mermaidLine(a), mermaidID(a.to))
	}
	return b.String()
}

// mermaidID is a number, as words such as "end" would not do.
func mermaidID(n node) string {
	if n.point {
		return fmt.Sprintf("w%d", n.index)
	}
	return fmt.Sprintf("p%d", n.index)
}

func mermaidLine(a arrow) string {
	line := "-->"
	if a.failed {
		line = "-.->"
	}
	if a.label != "" {
		line += "|" + mermaidQuote(a.label) + "|"
	}
	return line
}

// mermaidQuote writes what would be read as code, as HTML or as Markdown by its
// number.
func mermaidQuote(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\"#&<>`*\\\n", r) {
			fmt.Fprintf(&b, "#%d;", r)
		} else {
			b.WriteRune(r)
		}
	}
	return `"` + b.String() + `"`
}
