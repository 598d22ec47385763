package graph

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Text lists the processes by level with what they wait on and signal, then the
// watchpoints that somebody else signals and the critical path.
func (g *Graph) Text() string {
	var b strings.Builder
	width := g.width()
	for n, level := range g.Levels() {
		fmt.Fprintf(&b, "level %d\n", n)
		for _, i := range level {
			kind, p := "task", g.processes[i]
			if p.Service {
				kind = "service"
			}
			line(&b, fmt.Sprintf("%-7s %-*s", kind, width, p.Name), g.aboutProcess(i))
		}
	}
	g.textExternal(&b, width)
	if path := g.CriticalPath(); len(path) > 0 {
		fmt.Fprintf(&b, "critical path, %d of %d processes\n  %s\n", len(path), len(g.processes), g.chain(path))
	}
	return b.String()
}

func line(b *strings.Builder, head, about string) {
	fmt.Fprintf(b, "  %s\n", strings.TrimRight(head+"  "+about, " "))
}

// width is that of the longest name, within reason.
func (g *Graph) width() int {
	width := 0
	for _, p := range g.processes {
		width = max(width, len(p.Name))
	}
	return min(width, 32)
}

func (g *Graph) aboutProcess(i int) string {
	p := g.processes[i]
	var parts []string
	if gate := GateText(p.WaitsOn); gate != "" {
		parts = append(parts, "waits on "+gate)
	}
	var signals []string
	for n, s := range p.Signals {
		if text := quote(s.Key); s.When != Earned {
			signals = append(signals, text+" ("+s.When.label()+")")
		} else if n > 0 {
			signals = append(signals, text)
		}
	}
	if len(signals) > 0 {
		parts = append(parts, "signals "+strings.Join(signals, ", "))
	}
	return strings.Join(parts, "; ")
}

// GateText writes a gate as a clause: "db and (cache or no-cache)". Of a long
// list, such as the instances of a matrix, it counts the rest.
func GateText(gate [][]string) string {
	var parts []string
	for _, anyOf := range gate {
		var keys []string
		for _, key := range anyOf {
			keys = append(keys, quote(key))
		}
		text := join(keys, " or ")
		if len(keys) > 1 {
			text = "(" + text + ")"
		}
		parts = append(parts, text)
	}
	return join(parts, " and ")
}

const maxShown = 8

func join(list []string, word string) string {
	if more := len(list) - maxShown; more > 1 {
		list = append(slices.Clone(list[:maxShown]), fmt.Sprintf("%d more", more))
	}
	return strings.Join(list, word)
}

// quote quotes a key only if it would not be plain otherwise where it ends.
func quote(key string) string {
	quoted := strconv.Quote(key)
	if len(quoted) != len(key)+2 || strings.ContainsAny(key, " ,;()") {
		return quoted
	}
	return key
}

func (g *Graph) textExternal(b *strings.Builder, width int) {
	title := "signalled from outside\n"
	for _, p := range g.points {
		if !p.External {
			continue
		}
		b.WriteString(title)
		title = ""
		about := ""
		if p.Timeout > 0 {
			about = "within " + p.Timeout.String()
		}
		line(b, fmt.Sprintf("%-*s", len("service ")+width, quote(p.Key)), about)
	}
}

func (g *Graph) chain(path []int) string {
	names := make([]string, 0, len(path))
	for _, i := range path {
		names = append(names, g.processes[i].Name)
	}
	return strings.Join(names, " -> ")
}
