package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/rundir"
)

// latestRun stands for the latest run of the file.
const latestRun = "latest"

// resumeFrom finds the tasks that succeeded, being as they are now, in the named
// run, and the runs in which they really ran.
func (l *ledger) resumeFrom(name string) (map[string]string, error) {
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
	l.resumed, l.lacks = dir.ID, map[string]string{}
	was := map[string]planProcess{}
	for _, process := range p.plan.Processes {
		was[process.Name] = process
	}
	done := map[string]string{}
	for i, now := range l.cfg.Processes {
		before, known := was[now.Name]
		if lack := l.lack(p, i, before, known); lack != "" {
			l.lacks[now.Name] = lack
		} else {
			done[now.Name] = p.ranIn(before)
		}
	}
	return done, l.undo(done, dir)
}

// undo takes out what a run after the one that is resumed has started again: what that
// made is not what the others of the resumed run have seen.
func (l *ledger) undo(done map[string]string, resumed rundir.Dir) error {
	dirs, err := rundir.List(l.cfg.Dir)
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if dir, ok := isRunOf(dir.Path, l.cfg); ok && dir.ID > resumed.ID {
			if err := l.undoBy(done, dir); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *ledger) undoBy(done map[string]string, dir rundir.Dir) error {
	p, err := readPast(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // killed before it could start anything, or just removed
	}
	for name := range p.begun {
		if done[name] != "" {
			l.lacks[name] = fmt.Sprintf("run %s has started it since", dir.ID)
			delete(done, name)
		}
	}
	return err
}

// lack says why a task is not done by what it was in an earlier run; "" if it is.
func (l *ledger) lack(p *past, i int, was planProcess, known bool) string {
	now := l.cfg.Processes[i]
	switch {
	case !known:
		return fmt.Sprintf("run %s does not have it", p.dir.ID)
	case !l.succeeded(p, i, was):
		return fmt.Sprintf("it did not succeed in run %s", p.dir.ID)
	case !slices.Equal(now.Argv, was.Command):
		return fmt.Sprintf("its command is not that of run %s", p.dir.ID)
	case now.Dir != was.Dir:
		return fmt.Sprintf("its directory is not that of run %s", p.dir.ID)
	case hashEnv(now.Env) != was.Env:
		return fmt.Sprintf("its variables are not those of run %s", p.dir.ID)
	}
	return ""
}

// ranIn is the run in which a task ran that had succeeded when this one was over.
func (p *past) ranIn(process planProcess) string {
	if process.ResumedFrom != "" && !p.started(process.Name) {
		return process.ResumedFrom
	}
	return p.dir.ID
}

// hashEnv tells whether declared variables are the same, without saying what they
// are.
func hashEnv(env []string) string {
	if len(env) == 0 {
		return ""
	}
	h := sha256.New()
	for _, variable := range slices.Sorted(slices.Values(env)) {
		fmt.Fprintf(h, "%q\n", variable)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// succeeded says that a task had done so when the run was over. What a resumed run
// did not come to is as it was before, unless something before it ran anew.
func (l *ledger) succeeded(p *past, i int, process planProcess) bool {
	state := p.state(process.Name)
	if state == engine.Succeeded || state == engine.UpToDate {
		return true
	}
	return process.ResumedFrom != "" && !p.started(process.Name) &&
		!slices.ContainsFunc(l.tasksBefore(i), func(n int) bool { return p.started(l.cfg.Processes[n].Name) })
}

// note writes into the plan of a run which processes are part of it, and what lets
// the next one know what has succeeded.
func (l *ledger) note(p *plan) {
	needed := l.cfg.Graph.Closure(l.cfg.Graph.Chosen(p.Targets))
	for i := range p.Processes {
		process := &p.Processes[i]
		process.LeftOut, process.Env = !needed[i], hashEnv(l.cfg.Processes[i].Env)
		if t := l.tasks[process.Name]; t != nil && !t.forced {
			process.ResumedFrom = t.resumed
		}
	}
}

// resumable finds a run that was one of the file.
func resumable(cfg *config.Config, name string) (rundir.Dir, error) {
	if name == latestRun {
		dir, err := runOf(cfg, "")
		if _, never := errors.AsType[*notRunError](err); never {
			return dir, fmt.Errorf("cannot resume: nothing has run %q yet; run it without --resume", cfg.File)
		}
		return dir, err
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
