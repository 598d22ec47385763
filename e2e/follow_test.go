//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// checker follows the journal of a run and compares it with what the run has
// left behind.
type checker struct {
	run      string
	plan     planned
	evidence evidence
	gates    map[string][][]string
	here     map[string]bool
	states   map[string]string // of processes
	finished bool              // the run came to its own end
	faults   []string
}

func newChecker(run string, plan planned) *checker {
	c := &checker{
		run: run, plan: plan, evidence: evidenceOf(run),
		gates: map[string][][]string{}, here: map[string]bool{}, states: map[string]string{},
	}
	for _, p := range plan.Processes {
		c.gates[p.Name] = p.WaitsOn
	}
	return c
}

func (c *checker) fault(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *checker) take(e entry) {
	switch e.Event {
	case "seen", "signalled", "declared":
		for _, key := range e.Keys {
			c.here[key] = true
		}
	case "gone", "unsignalled":
		for _, key := range e.Keys {
			c.here[key] = false
		}
	case "changed":
		if e.State == "starting" {
			c.start(e.Process)
		}
		c.states[e.Process] = e.State
	case "finished":
		c.finished = true
	}
}

// start checks a start: a process may be started again when nothing of the
// attempt before is left.
func (c *checker) start(name string) {
	if state := c.states[name]; !slices.Contains([]string{"", "waiting", "backing-off"}, state) {
		c.fault("%s was started while it was %s", name, state)
	}
	for _, anyOf := range c.gates[name] {
		if !slices.ContainsFunc(anyOf, func(key string) bool { return c.here[key] }) {
			c.fault("%s was started before %s was there", name, strings.Join(anyOf, " or "))
		}
	}
}

// look compares the directories of a run with what its journal tells of them.
func (c *checker) look() {
	watch := filepath.Join(c.run, "watch")
	entries, err := os.ReadDir(watch)
	if err != nil {
		c.fault("cannot look at its watchpoints: %v", err)
		return
	}
	for _, e := range entries {
		key, isWatchpoint := strings.CutSuffix(e.Name(), ".watch")
		inside, err := os.ReadDir(filepath.Join(watch, e.Name()))
		switch {
		case !e.IsDir() || !isWatchpoint || err != nil || len(inside) > 0:
			c.fault("%s is no empty directory of a watchpoint", e.Name())
		case !c.here[key] && !c.mayHaveEarned(key):
			c.fault("%s is there, but nobody has earned it", key)
		}
	}
}

// mayHaveEarned is for a run that was killed between a mkdir and its line in the
// journal: the signaller says itself that it was done or, where no command says
// anything, had been started. The line of the start may be lost, too.
func (c *checker) mayHaveEarned(key string) bool {
	stem, twin := strings.CutSuffix(key, ".failed")
	for _, p := range c.plan.Processes {
		started := c.states[p.Name] != ""
		switch {
		case c.finished || !slices.Contains(p.Signals, stem):
		case c.evidence.earned(p.Name), started && (twin || !c.evidence.kept()):
			return true
		}
	}
	return false
}

// hear compares logs with what the commands say they wrote, where they do.
func (c *checker) hear() {
	for _, p := range c.plan.Processes {
		if c.evidence.early(p.Name) {
			c.fault("%s found its gate closed when it began", p.Name)
		}
		said := c.evidence.said(p.Name)
		if len(said) == 0 {
			continue
		}
		heard := lines(filepath.Join(c.run, "logs", p.Name+".log"))
		whole := p.Kind == "task" && c.evidence.earned(p.Name)
		if fault := unheard(said, heard, c.finished && !c.evidence.fewFiles(), whole); fault != "" {
			c.fault("log of %s: %s", p.Name, fault)
		}
	}
}
