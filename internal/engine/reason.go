package engine

import (
	"fmt"
	"strings"

	"wprun/internal/graph"
)

// cause is why a watchpoint will not come, or why a process will not start: a
// process that ended, or else a clause of its own.
type cause struct {
	process int
	why     string
	// wait is what a process waited on in vain; only with a process.
	wait   graph.Wait
	onWait bool
}

// whyDoomed finds the element that keeps the gate shut for good. Without one it
// is the policy. A gate that waited in vain for a failure, or for something
// that was skipped for that reason, makes the process skipped.
func (e *Engine) whyDoomed(i int) (State, cause) {
	to, c := Blocked, cause{process: -1, why: e.closedWhy()}
	for _, anyOf := range e.g.Gate(i) {
		if !e.hopeless(anyOf) {
			continue
		}
		c = cause{process: -1, onWait: true, wait: anyOf[0]}
		if !e.inVain(anyOf) {
			return Blocked, c
		}
		to = Skipped
	}
	return to, c
}

func (e *Engine) closedWhy() string {
	if e.failure == nil {
		return "not started"
	}
	return fmt.Sprintf("not started because %q failed: %s", e.failure.name, e.failure.why)
}

func (e *Engine) hopeless(anyOf []graph.Wait) bool {
	for _, w := range anyOf {
		if !e.side(w).never {
			return false
		}
	}
	return true
}

// inVain says that nothing went wrong with what an element waits for.
func (e *Engine) inVain(anyOf []graph.Wait) bool {
	for _, w := range anyOf {
		if !w.Failed && !e.skippedPoint(w.Point) {
			return false
		}
	}
	return true
}

func (e *Engine) skippedPoint(point int) bool {
	c := e.points[point].cause
	return c.process >= 0 && e.procs[c.process].state == Skipped
}

// maxLinks is how many links of a chain of causes are spelled out.
const maxLinks = 4

// explainCause tells why process i will not start, back to the first cause.
func (e *Engine) explainCause(i int) string {
	var s strings.Builder
	links := 0
	for {
		c := e.procs[i].cause
		if !c.onWait {
			s.WriteString(c.why)
			return s.String()
		}
		if links++; links <= maxLinks {
			fmt.Fprintf(&s, "waits on %s, which ", e.nameOf(c.wait))
		} else if links == maxLinks+1 {
			s.WriteString("waits on others that came to nothing because of ")
		}
		next := e.points[c.wait.Point].cause
		if c.wait.Failed {
			s.WriteString("did not happen")
			return s.String()
		}
		if next.process < 0 || !e.procs[next.process].cause.onWait {
			s.WriteString(e.firstCause(c.wait.Point, links > maxLinks))
			return s.String()
		}
		i = next.process
	}
}

// firstCause ends a chain: what became of the point itself.
func (e *Engine) firstCause(point int, withName bool) string {
	c := e.points[point].cause
	if c.process < 0 {
		if withName {
			return fmt.Sprintf("%q, which %s", e.g.Points()[point].Key, c.why)
		}
		return c.why
	}
	p := &e.procs[c.process]
	text := p.why
	switch p.state {
	case Failed:
		text = "failed: " + p.why
	case Stopped:
		text = "was stopped"
	case Succeeded:
		text = "has ended"
	case Blocked:
		text = "was " + p.why
	}
	if withName {
		return fmt.Sprintf("%q, which %s", e.g.Processes()[c.process].Name, text)
	}
	return text
}

// nameOf names what is waited on, and whose it is where that differs.
func (e *Engine) nameOf(w graph.Wait) string {
	p := e.g.Points()[w.Point]
	key := p.Key
	if w.Failed {
		key += graph.FailedSuffix
	}
	if len(p.Signallers) == 1 {
		if name := e.g.Processes()[p.Signallers[0]].Name; name != p.Key {
			return fmt.Sprintf("%q of %q", key, name)
		}
	}
	return fmt.Sprintf("%q", key)
}

// Waits tells what a waiting process lacks now.
type Waits struct {
	Process string
	// For has a clause for each unsatisfied element of the gate.
	For []string
}

// Waiting returns the processes that wait on a gate, in file order.
func (e *Engine) Waiting() []Waits {
	var all []Waits
	for i := range e.procs {
		p := &e.procs[i]
		if !p.selected || p.state != Waiting || p.missing == 0 {
			continue
		}
		w := Waits{Process: e.g.Processes()[i].Name}
		for _, anyOf := range e.g.Gate(i) {
			if text := e.lacks(anyOf); text != "" {
				w.For = append(w.For, text)
			}
		}
		all = append(all, w)
	}
	return all
}

// lacks describes an element of a gate, or returns "" if it is satisfied.
func (e *Engine) lacks(anyOf []graph.Wait) string {
	var parts []string
	for _, w := range anyOf {
		if e.side(w).here {
			return ""
		}
		parts = append(parts, e.nameOf(w)+e.signallerStates(w.Point))
	}
	return strings.Join(parts, " or ")
}

func (e *Engine) signallerStates(point int) string {
	p := e.g.Points()[point]
	var states []string
	for _, s := range p.Signallers {
		if e.procs[s].selected {
			states = append(states, e.g.Processes()[s].Name+" is "+string(e.procs[s].state))
		}
	}
	if p.External {
		states = append(states, "somebody outside signals it")
	}
	return " (" + strings.Join(states, ", ") + ")"
}
