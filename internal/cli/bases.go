package cli

import (
	"fmt"
	"strings"

	"wprun/internal/config"
	"wprun/internal/rundir"
	"wprun/internal/watchpoint"
)

// clearBases sees to it that no watchpoint that the file signals stands in a
// base of the user's before anything has signalled it.
func clearBases(cfg *config.Config, fresh bool) error {
	paths, err := lastingPaths(cfg)
	if err != nil {
		return err
	}
	foreign, err := rundir.ClaimStale(cfg.Dir, paths)
	if err != nil || len(foreign) == 0 {
		return err
	}
	if fresh {
		return rundir.RemoveStale(foreign)
	}
	return fmt.Errorf("cannot start: these watchpoints are there already, and no earlier run of this file made them:\n  %s\n"+
		"look at them, then remove them with rmdir, or run with --fresh", strings.Join(foreign, "\n  "))
}

// lastingPaths are the watchpoints, and twins, that the file signals and that
// outlive a run.
func lastingPaths(cfg *config.Config) ([]string, error) {
	var lasting []watchpoint.Watchpoint
	for _, w := range cfg.Watchpoints {
		i, _ := cfg.Graph.Point(w.Key.String())
		if w.Base != "" && len(cfg.Graph.Points()[i].Signallers) > 0 {
			lasting = append(lasting, w, w.Twin())
		}
	}
	handler, err := watchpoint.NewHandler(lasting)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, key := range handler.Keys() {
		path, err := handler.Path(key)
		if err != nil {
			return nil, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}
