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

// fall is why a process is blocked or skipped, and what the last one in the chain of
// causes waited on.
type fall struct {
	cause
	root graph.Wait
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
	c := e.lostBy[point]
	return c.process >= 0 && e.procs[c.process].state == Skipped
}

// rootOf is what the last one in the chain behind a cause waited on.
func (e *Engine) rootOf(c cause) graph.Wait {
	if by := e.lostBy[c.wait.Point].process; !c.wait.Failed && by >= 0 && e.fallenBy[by].onWait {
		return e.fallenBy[by].root
	}
	return c.wait
}

// maxLinks is how many links of a chain of causes are spelled out.
const maxLinks = 4

// explainCause tells why process i will not start, back to the first cause. It
// costs the same for the longest chain: what is in the middle is left out.
func (e *Engine) explainCause(i int) string {
	var s strings.Builder
	root := e.fallenBy[i].root
	for links := 1; ; links++ {
		c := e.fallenBy[i].cause
		switch {
		case !c.onWait:
			s.WriteString(c.why)
			return s.String()
		case links > maxLinks:
			s.WriteString("waits on others that came to nothing because of " + e.firstCause(root, true))
			return s.String()
		}
		fmt.Fprintf(&s, "waits on %s, which ", e.nameOf(c.wait))
		if c.wait == root {
			s.WriteString(e.firstCause(root, false))
			return s.String()
		}
		i = e.lostBy[c.wait.Point].process
	}
}

// firstCause ends a chain: what became of what the last one waited on.
func (e *Engine) firstCause(w graph.Wait, withName bool) string {
	c := e.lostBy[w.Point]
	name, text := e.g.Points()[w.Point].Key, c.why
	switch {
	case w.Failed:
		name, text = name+graph.FailedSuffix, "did not happen"
	case c.process >= 0:
		name, text = e.g.Processes()[c.process].Name, e.fate(c.process)
	}
	if withName {
		return fmt.Sprintf("%q, which %s", name, text)
	}
	return text
}

// fate says how a process ended.
func (e *Engine) fate(i int) string {
	p := &e.procs[i]
	switch p.state {
	case Failed:
		return "failed: " + p.why
	case Stopped:
		return "was stopped"
	case Succeeded, UpToDate:
		return "has ended"
	case Blocked:
		return "was " + p.why
	}
	return p.why
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
	// For has a clause for each unsatisfied element of the gate; none if it is not
	// known yet whether the process has to run.
	For []string
}

// Waiting returns the processes that wait on a gate, or are checked, in file order.
func (e *Engine) Waiting() []Waits {
	var all []Waits
	for i := range e.procs {
		p := &e.procs[i]
		if p.selected && (p.state == Waiting && p.missing > 0 || p.state == Checking) {
			all = append(all, Waits{Process: e.g.Processes()[i].Name, For: e.allLacks(i)})
		}
	}
	return all
}

func (e *Engine) allLacks(i int) []string {
	var all []string
	for _, anyOf := range e.g.Gate(i) {
		if text := e.lacks(anyOf); text != "" {
			all = append(all, text)
		}
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
