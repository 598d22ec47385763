package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
	"wprun/internal/rundir"
	"wprun/internal/view"
)

// past is what a run's directory tells of it, live or over. Reading it changes
// nothing there.
type past struct {
	dir  rundir.Dir
	info rundir.Info
	plan plan
	live bool
	// finished is nil while the run goes on, and for ever if it was killed.
	finished *entry
	// last has the latest change of each process that had one. Of its latest
	// attempt, begun has the start and pids the number.
	last  map[string]entry
	begun map[string]time.Time
	pids  map[string]int
	// decided says why a task had to run, or not.
	decided map[string]string
	// here says which watchpoints are there as far as the run knows.
	here map[string]bool
}

func readPast(dir rundir.Dir) (*past, error) {
	p := &past{
		dir: dir, last: map[string]entry{}, begun: map[string]time.Time{}, pids: map[string]int{},
		decided: map[string]string{}, here: map[string]bool{},
	}
	var err error
	// Before the journal: what is over then has written all of it.
	if p.live, err = rundir.Live(dir.Path); err != nil {
		return nil, err
	}
	if p.info, err = rundir.ReadInfo(dir.Path); err != nil {
		return nil, err
	}
	if err = rundir.ReadPlan(dir.Path, &p.plan); err != nil {
		return nil, err
	}
	return p, rundir.ReadJournal(dir.Path, p.take)
}

func (p *past) take(line json.RawMessage) error {
	var r entry
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("cannot understand the journal of run %s: %w", p.dir.ID, err)
	}
	switch r.Event {
	case "changed":
		p.last[r.Process] = r
		switch r.State {
		case engine.Starting:
			p.begun[r.Process] = r.Time
		case engine.Running:
			p.pids[r.Process] = r.Pid
		}
	case "stale":
		p.decided[r.Process] = "it had to run: " + r.Why
	case "current":
		p.decided[r.Process] = "it did not have to run: " + r.Why
	case "seen", "signalled", "declared":
		p.mark(r.Keys, true)
	case "gone", "unsignalled":
		p.mark(r.Keys, false)
	case "finished":
		p.finished = &r
	}
	return nil
}

func (p *past) mark(keys []string, here bool) {
	for _, key := range keys {
		p.here[key] = here
	}
}

// state is that of a process to which nothing has happened yet, too.
func (p *past) state(name string) engine.State {
	if r, ok := p.last[name]; ok {
		return r.State
	}
	return engine.Waiting
}

// started says that there was an attempt to run a process.
func (p *past) started(name string) bool {
	_, ok := p.begun[name]
	return ok
}

// why says how it came to the state of a process; of what waits in a live run,
// which parts of its gate are missing.
func (p *past) why(process planProcess) string {
	switch {
	case p.state(process.Name) != engine.Waiting:
		return p.last[process.Name].Why
	case !p.live:
		return ""
	}
	if missing := p.missing(process); len(missing) > 0 {
		return "waits on " + graph.GateText(missing)
	}
	return "waits for its turn"
}

// missing are the parts of a gate that keep it shut.
func (p *past) missing(process planProcess) [][]string {
	var shut [][]string
	for _, anyOf := range process.WaitsOn {
		if !slices.ContainsFunc(anyOf, func(key string) bool { return p.here[key] }) {
			shut = append(shut, anyOf)
		}
	}
	return shut
}

// took is how long an attempt has run, until now or its end; 0 if there was
// none.
func (p *past) took(name string, now time.Time) time.Duration {
	begun, ok := p.begun[name]
	r := p.last[name]
	switch {
	case !ok:
		return 0
	case r.State.Final() || !p.live:
		return r.Time.Sub(begun)
	}
	return now.Sub(begun)
}

// how is the run in a line.
func (p *past) how(now time.Time) string {
	since := p.info.Started
	switch {
	case p.live:
		return fmt.Sprintf("is live: pid %d on %s, for %s", p.info.Pid, p.info.Host, view.Duration(now.Sub(since)))
	case p.finished == nil:
		return "was killed"
	}
	return fmt.Sprintf("is over: exit code %d after %s", *p.finished.Code, view.Duration(p.finished.Time.Sub(since)))
}
