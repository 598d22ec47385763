package cli

import (
	"fmt"
	"strings"

	"wprun/internal/config"
	"wprun/internal/rundir"
	"wprun/internal/watchpoint"
)

// clearBases sees to it that nothing that the run will make stands in a base of
// the user's before.
func clearBases(cfg *config.Config, fresh bool) error {
	signalled, twins, err := lastingPaths(cfg)
	if err != nil {
		return err
	}
	for _, twin := range twins {
		// Another one is that of whoever signals the watchpoint.
		if _, err := rundir.ClaimStale(cfg.Dir, []string{twin}); err != nil {
			return err
		}
	}
	foreign, err := rundir.ClaimStale(cfg.Dir, signalled)
	if err != nil || len(foreign) == 0 {
		return err
	}
	if fresh {
		if err := rundir.RemoveStale(foreign); err != nil {
			return err
		}
		_, err := rundir.ClaimStale(cfg.Dir, signalled)
		return err
	}
	return fmt.Errorf("cannot start: these watchpoints are there already, and no earlier run of this file made them:\n  %s\n"+
		"look at them, then remove them with rmdir, or run with --fresh", strings.Join(foreign, "\n  "))
}

// lastingPaths are the watchpoints, and their twins, that a run of the file
// makes and that outlive it; and the twins of those that somebody else signals.
func lastingPaths(cfg *config.Config) (signalled, twins []string, err error) {
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
		if i, _ := cfg.Graph.Point(w.Key.String()); len(cfg.Graph.Points()[i].Signallers) > 0 {
			signalled = append(signalled, path, twin)
		} else {
			twins = append(twins, twin)
		}
	}
	return signalled, twins, nil
}
