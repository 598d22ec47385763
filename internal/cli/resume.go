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
	p, err := readPast(dir)
	if err != nil {
		return nil, err
	}
	if p.live {
		return nil, fmt.Errorf("cannot resume run %s: it is still live; stop it first", dir.ID)
	}
	l.resumed = dir.ID
	done := map[string]bool{}
	for _, process := range p.plan.Processes {
		i, known := l.cfg.Graph.Process(process.Name)
		if state := p.state(process.Name); !known || state != engine.Succeeded && state != engine.UpToDate {
			continue
		}
		now := l.cfg.Processes[i]
		done[now.Name] = slices.Equal(now.Argv, process.Command) && now.Dir == process.Dir
	}
	return done, nil
}

func resumable(cfg *config.Config, name string) (rundir.Dir, error) {
	if name == latestRun {
		return runOf(cfg, "")
	}
	return namedRun(name)
}

// forces says that a process has to run even if it is up to date.
func (o *runOptions) forces(name string) bool {
	return slices.Contains(o.force, everyTask) || slices.Contains(o.force, name)
}

// everyTask is the value of --force without one.
const everyTask = "*"
