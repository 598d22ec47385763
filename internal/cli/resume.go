package cli

import (
	"fmt"
	"slices"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/rundir"
)

// latestRun stands for the latest run of the file.
const latestRun = "latest"

// resumeFrom finds the tasks that succeeded, with the command that they have now,
// in the named run.
func (l *ledger) resumeFrom(name string) (map[string]bool, error) {
	if name == "" {
		return nil, nil
	}
	dir, err := resumable(l.cfg, name)
	if err != nil {
		return nil, err
	}
	switch live, err := rundir.StillLive(dir); {
	case err != nil:
		return nil, err
	case live:
		return nil, fmt.Errorf("cannot resume run %s: it is still live; stop it first", dir.ID)
	}
	p, err := readPast(dir)
	if err != nil {
		return nil, err
	}
	l.resumed = dir.ID
	done := map[string]bool{}
	for _, process := range p.plan.Processes {
		i, known := l.cfg.Graph.Process(process.Name)
		if !known || !l.succeeded(p, i, process) {
			continue
		}
		now := l.cfg.Processes[i]
		done[now.Name] = slices.Equal(now.Argv, process.Command) && now.Dir == process.Dir
	}
	return done, nil
}

// succeeded says that a task had done so when the run was over. What a resumed run
// did not come to is as it was before, unless something before it ran anew.
func (l *ledger) succeeded(p *past, i int, process planProcess) bool {
	state := p.state(process.Name)
	if state == engine.Succeeded || state == engine.UpToDate {
		return true
	}
	return process.Resumed && !p.started(process.Name) &&
		!slices.ContainsFunc(l.tasksBefore(i), func(n int) bool { return p.started(l.cfg.Processes[n].Name) })
}

// note writes into the plan of a run what succeeded lets the next one know.
func (l *ledger) note(p *plan) {
	for i := range p.Processes {
		t := l.tasks[p.Processes[i].Name]
		p.Processes[i].Resumed = t != nil && t.resumed && !t.forced
	}
}

// resumable finds a run that was one of the file.
func resumable(cfg *config.Config, name string) (rundir.Dir, error) {
	if name == latestRun {
		return runOf(cfg, "")
	}
	dir, err := runIn(cfg.Dir, name)
	if err != nil {
		return rundir.Dir{}, err
	}
	if _, ok := isRunOf(dir.Path, cfg); !ok {
		return rundir.Dir{}, fmt.Errorf("cannot resume run %s: it was not one of %q; --resume alone takes the latest that was", dir.ID, cfg.File)
	}
	return dir, nil
}

// tasksBefore are those that process i waits on, directly or through services.
func (l *ledger) tasksBefore(i int) []int {
	var tasks []int
	l.backwards(i, func(n int) bool {
		if l.cfg.Processes[n].Service {
			return true
		}
		tasks = append(tasks, n)
		return false
	})
	return tasks
}

// backwards goes through what process i waits on, the nearest first. Where further
// says no it goes no further.
func (l *ledger) backwards(i int, further func(n int) bool) {
	seen := map[int]bool{}
	for queue := []int{i}; len(queue) > 0; queue = queue[1:] {
		for _, n := range l.cfg.Graph.Needs(queue[0]) {
			if seen[n] {
				continue
			}
			seen[n] = true
			if further(n) {
				queue = append(queue, n)
			}
		}
	}
}

// forces says that a process has to run even if it is up to date.
func (o *runOptions) forces(name string) bool {
	return slices.Contains(o.force, everyTask) || slices.Contains(o.force, name)
}

// everyTask is the value of --force without one.
const everyTask = "*"
