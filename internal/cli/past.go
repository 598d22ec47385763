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
	// leftOut has the processes that are no part of the run.
	leftOut map[string]bool
	// slots is what running tasks take of jobs, and taken what they take of pools.
	slots int
	taken map[string]int
	// here says which watchpoints are there as far as the run knows.
	here map[string]bool
}

func readPast(dir rundir.Dir) (*past, error) {
	p := &past{
		dir: dir, last: map[string]entry{}, begun: map[string]time.Time{}, pids: map[string]int{},
		decided: map[string]string{}, here: map[string]bool{}, leftOut: map[string]bool{}, taken: map[string]int{},
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
	for _, process := range p.plan.Processes {
		p.leftOut[process.Name] = process.LeftOut
	}
	err = rundir.ReadJournal(dir.Path, p.take)
	p.countSlots()
	return p, err
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

// leftOut is the state of a process that is no part of the run.
const leftOut engine.State = "left-out"

// phrase is a state as the end of a sentence; of a run that was killed it tells what
// was.
func (p *past) phrase(name string) string {
	is := "is "
	if !p.live {
		is = "was "
	}
	switch state := p.state(name); state {
	case engine.Succeeded, engine.Failed:
		return string(state)
	case engine.UpToDate:
		return "was up to date"
	case engine.Blocked, engine.Skipped, engine.Stopped:
		return "was " + string(state)
	case leftOut:
		return "is not part of this run"
	case engine.Checking:
		return is + "being checked"
	case engine.Recording:
		return is + "being recorded"
	case engine.Stopping:
		return is + "being stopped"
	case engine.BackingOff:
		return is + "pausing before its next start"
	default:
		return is + string(state)
	}
}

// state is that of a process to which nothing has happened yet, too.
func (p *past) state(name string) engine.State {
	r, ok := p.last[name]
	switch {
	case ok:
		return r.State
	case p.leftOut[name]:
		return leftOut
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
	case p.last[process.Name].Allowed:
		return p.last[process.Name].Why + "; that is allowed"
	case p.state(process.Name) == leftOut:
		return ""
	case p.state(process.Name) != engine.Waiting:
		return p.last[process.Name].Why
	case !p.live:
		return ""
	}
	if missing := p.missing(process); len(missing) > 0 {
		return "waits on " + graph.GateText(missing)
	}
	return "waits for its turn" + p.noRoom(process)
}

// noRoom names the limit that keeps a task waiting, "" where it may be another one.
func (p *past) noRoom(process planProcess) string {
	limit, pool := p.plan.Pools[process.Pool], process.Pool
	switch {
	case process.Kind == kind(true):
	case pool != "" && p.taken[pool]+weighs(process, limit) > limit:
		return fmt.Sprintf(": no room in pool %q (%d of %d taken)", pool, p.taken[pool], limit)
	case p.plan.Jobs > 0 && p.slots+weighs(process, p.plan.Jobs) > p.plan.Jobs:
		return fmt.Sprintf(": no room in jobs (%d of %d taken)", p.slots, p.plan.Jobs)
	}
	return ""
}

// countSlots counts what tasks take of the limits.
func (p *past) countSlots() {
	for _, process := range p.plan.Processes {
		if process.Kind == kind(false) && p.holdsSlots(process.Name) {
			p.slots += weighs(process, p.plan.Jobs)
			p.taken[process.Pool] += weighs(process, p.plan.Pools[process.Pool])
		}
	}
}

// holdsSlots says that a task counts in its limits.
func (p *past) holdsSlots(name string) bool {
	switch p.state(name) {
	case engine.Starting, engine.Running, engine.Recording, engine.Signalling, engine.Stopping:
		return p.started(name)
	}
	return false
}

// weighs is what a task counts for in a limit, 0 if there is none.
func weighs(process planProcess, limit int) int { return min(max(1, process.Weight), limit) }

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
	line := fmt.Sprintf("is over: exit code %d after %s", *p.finished.Code, view.Duration(p.finished.Time.Sub(since)))
	if cause := p.finished.Why; cause != "" {
		line += "; it was stopped: " + cause
	}
	return line
}
