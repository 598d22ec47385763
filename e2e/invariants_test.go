//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// soon looks for two seconds, which is how long after the end of a run something
// of it may be alive. It counts its looks, a hundredth of a second apart: where
// the machine is so busy that they take longer, what it looks at needs longer, too.
func soon(done func() bool) bool {
	for range 200 {
		if done() {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return done()
}

// invariants says what is wrong with a project after a run of it has ended, no
// matter how. The caller has seen the end of wprun itself.
//
//	I1 nothing of a run is alive 2 s after its end
//	I2 no watchpoint exists whose signaller did not earn it
//	I3 nothing was started before its gate was open, or twice at a time
//	I4 no file and no foreign directory was removed; see plant
//	I5 a plain run ends as a fresh one would; again runs it, nil where a story
//	   has its own way to go on, and says what is different
//	I6 what a command wrote is in its log, in order; see evidence
func invariants(project string, again func() string) []string {
	faults := survivors(project)
	for _, run := range runsOf(project) {
		for _, fault := range faultsOf(run) {
			faults = append(faults, fmt.Sprintf("run %s: %s", filepath.Base(run), fault))
		}
	}
	faults = append(faults, missing(project)...)
	if again != nil {
		if fault := again(); fault != "" {
			faults = append(faults, "run after it: "+fault)
		}
		faults = append(faults, invariants(project, nil)...)
	}
	return faults
}

// survivors finds what is alive after those two seconds, and ends it.
func survivors(project string) []string {
	if soon(func() bool { return len(processesOf(project)) == 0 }) {
		return nil
	}
	var faults []string
	for _, pid := range processesOf(project) {
		faults = append(faults, fmt.Sprintf("process %d is alive after the end: %s", pid, commandLine(pid)))
		kill(pid)
	}
	return faults
}

// runsOf lists the runs of a project, the oldest first.
func runsOf(project string) []string {
	runs, err := filepath.Glob(filepath.Join(project, ".wprun", "runs", "[0-9]*-*-*")) // what is being made or removed is hidden
	if err != nil {
		panic(err) // of the pattern
	}
	return runs
}

// end checks what has to be true at the end of every story.
func (s *story) end(limit time.Duration) {
	s.endJobs(limit)
	below, err := filepath.Glob(filepath.Join(s.work, "*", ".wprun"))
	if err != nil {
		s.t.Errorf("cannot look for runs: %v", err)
	}
	faults := invariants(s.work, nil)
	for _, home := range below {
		faults = append(faults, invariants(filepath.Dir(home), nil)...)
	}
	for _, fault := range faults {
		s.t.Error(fault)
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
		Kind    string     `json:"kind"`
		WaitsOn [][]string `json:"waits_on"`
		Signals []string   `json:"signals"`
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

// faultsOf looks for what is wrong with a run that is over.
func faultsOf(run string) []string {
	var plan planned
	text, err := os.ReadFile(filepath.Join(run, "plan.json"))
	if os.IsNotExist(err) {
		return nil // refused or killed before it began
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
	c := newChecker(run, plan)
	for _, e := range entries {
		c.take(e)
	}
	c.look()
	c.hear()
	return c.faults
}
