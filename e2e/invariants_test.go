//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// grace is how long after the end of a run something of it may be alive.
const grace = 2 * time.Second

// end checks what has to be true at the end of every story.
func (s *story) end(limit time.Duration) {
	s.endJobs(limit)
	if !within(grace, func() bool { return len(processesOf(s.work)) == 0 }) {
		for _, pid := range processesOf(s.work) {
			s.t.Errorf("process %d is alive after the end: %s", pid, commandLine(pid))
			kill(pid)
		}
	}
	runs, err := filepath.Glob(filepath.Join(s.work, "*", ".wprun", "runs", "*"))
	own, ownErr := filepath.Glob(filepath.Join(s.work, ".wprun", "runs", "*"))
	if err != nil || ownErr != nil {
		s.t.Errorf("cannot look for runs: %v, %v", err, ownErr)
	}
	for _, run := range append(own, runs...) {
		for _, fault := range faultsOf(run) {
			s.t.Errorf("run %s: %s", filepath.Base(run), fault)
		}
	}
}

// endJobs ends what a story has started and, since it failed, not waited for.
func (s *story) endJobs(limit time.Duration) {
	for name, j := range s.jobs {
		if !s.t.Failed() {
			s.t.Errorf("the story does not wait for the end of %s", name)
		}
		_ = j.cmd.Process.Signal(os.Interrupt)
		if !j.wait(limit / 4) {
			_ = j.cmd.Process.Kill()
		}
	}
}

// planned is what the checks need of plan.json.
type planned struct {
	Processes []struct {
		Name    string     `json:"name"`
		WaitsOn [][]string `json:"waits_on"`
	} `json:"processes"`
}

// entry is a line of events.jsonl.
type entry struct {
	Event   string   `json:"event"`
	Process string   `json:"process"`
	State   string   `json:"state"`
	Code    *int     `json:"code"`
	Why     string   `json:"why"`
	Keys    []string `json:"keys"`
}

// faultsOf looks for what is wrong with a run that is over: a process that was
// started before its gate was open or more than once, and a watchpoint that
// nobody has earned or that is no empty directory.
func faultsOf(run string) []string {
	var plan planned
	text, err := os.ReadFile(filepath.Join(run, "plan.json"))
	if os.IsNotExist(err) {
		return nil // refused before it began
	}
	if err == nil {
		err = json.Unmarshal(text, &plan)
	}
	if err != nil {
		return []string{fmt.Sprintf("bad plan: %v", err)}
	}
	entries, err := readJournal(run)
	if err != nil {
		return []string{fmt.Sprintf("bad journal: %v", err)}
	}
	c := checker{gates: map[string][][]string{}, here: map[string]bool{}, started: map[string]bool{}}
	for _, p := range plan.Processes {
		c.gates[p.Name] = p.WaitsOn
	}
	for _, e := range entries {
		c.take(e)
	}
	c.look(filepath.Join(run, "watch"))
	return c.faults
}

// checker follows a journal.
type checker struct {
	gates   map[string][][]string
	here    map[string]bool
	started map[string]bool
	faults  []string
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
	}
}

func (c *checker) start(name string) {
	if c.started[name] {
		c.fault("%s was started twice", name)
	}
	c.started[name] = true
	for _, anyOf := range c.gates[name] {
		open := false
		for _, key := range anyOf {
			open = open || c.here[key]
		}
		if !open {
			c.fault("%s was started before %s was there", name, strings.Join(anyOf, " or "))
		}
	}
}

// look compares the directories of a run with what its journal tells of them.
func (c *checker) look(watch string) {
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
		case !c.here[key]:
			c.fault("%s is there, but nobody has earned it", key)
		}
	}
}
