package cli

import (
	"errors"
	"os"
	"slices"
	"strings"

	"wprun/internal/config"
	"wprun/internal/rundir"
	"wprun/internal/watchpoint"
)

// takeBases makes the bases of the user's the run's own for as long as it lives.
func takeBases(cfg *config.Config, dir *rundir.Run, fresh bool) error {
	owned := map[string]bool{}
	for _, w := range cfg.Watchpoints {
		if w.Base == "" || owned[w.Base] || !signalled(cfg, w) {
			continue
		}
		owned[w.Base] = true
		if err := dir.OwnBase(w.Base); err != nil {
			return err
		}
	}
	own, twins, err := lastingPaths(cfg)
	if err != nil {
		return err
	}
	if err := clearBases(cfg.Dir, own, twins, fresh); err != nil {
		return err
	}
	return dir.RecordIntents(slices.DeleteFunc(append(own, twins...), isThere))
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// signalled says that a process of the file signals w.
func signalled(cfg *config.Config, w watchpoint.Watchpoint) bool {
	i, ok := cfg.Graph.Point(w.Key.String())
	return ok && len(cfg.Graph.Points()[i].Signallers) > 0
}

// clearBases sees to it that nothing that the run will make stands in a base of
// the user's before.
func clearBases(project string, own, twins []string, fresh bool) error {
	for _, twin := range twins {
		if !isThere(twin) {
			continue
		}
		// One that no run made is for whoever signals the watchpoint.
		if _, err := rundir.ClaimStale(project, []string{twin}); err != nil {
			return err
		}
	}
	if len(own) == 0 {
		return nil
	}
	foreign, err := rundir.ClaimStale(project, own)
	if err != nil || len(foreign) == 0 {
		return err
	}
	if fresh {
		if err := rundir.RemoveStale(foreign); err != nil {
			return err
		}
		_, err := rundir.ClaimStale(project, own)
		return err
	}
	return inTheWay(foreign)
}

// inTheWay says what can be done about what stands where watchpoints will be.
func inTheWay(paths []string) error {
	lines := []string{"cannot start: these watchpoints are there already, and no earlier run of this file made them:"}
	for _, path := range paths {
		if info, err := os.Lstat(path); err == nil && !info.IsDir() {
			path += " (no directory: move it away)"
		}
		lines = append(lines, "  "+path)
	}
	lines = append(lines, "look at them, then remove them with rmdir, or run with --fresh")
	return errors.New(strings.Join(lines, "\n"))
}

// lastingPaths are the watchpoints, and their twins, that a run of the file
// makes and that outlive it; and the twins of those that somebody else signals.
func lastingPaths(cfg *config.Config) (own, twins []string, err error) {
	for _, w := range cfg.Watchpoints {
		if w.Base == "" {
			continue
		}
		handler, err := watchpoint.NewHandler([]watchpoint.Watchpoint{w, w.Twin()})
		if err != nil {
			return nil, nil, err
		}
		path, _ := handler.Path(w.Key)
		twin, _ := handler.Path(w.Twin().Key)
		if signalled(cfg, w) {
			own = append(own, path, twin)
		} else {
			twins = append(twins, twin)
		}
	}
	return own, twins, nil
}
