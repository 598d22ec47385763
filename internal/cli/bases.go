package cli

import (
	"fmt"
	"strings"

	"wprun/internal/graph"
	"wprun/internal/rundir"
)

// clearBases sees to it that no watchpoint that this file signals stands in a
// base of the user's before anything has signalled it.
func (r *run) clearBases() error {
	paths := r.ownPaths()
	foreign, err := rundir.ClaimStale(r.cfg.Dir, paths)
	if err != nil {
		return err
	}
	if len(foreign) == 0 {
		return nil
	}
	if r.options.fresh {
		return rundir.RemoveStale(foreign)
	}
	return fmt.Errorf("cannot start: these watchpoints are there already, and no earlier run of this file made them:\n  %s\n"+
		"look at them, then remove them with rmdir, or run with --fresh", strings.Join(foreign, "\n  "))
}

// ownPaths are the watchpoints, and twins, of this file that outlive the run.
func (r *run) ownPaths() []string {
	var paths []string
	for _, w := range r.cfg.Watchpoints {
		key := w.Key.String()
		i, _ := r.cfg.Graph.Point(key)
		if w.Base != "" && len(r.cfg.Graph.Points()[i].Signallers) > 0 {
			paths = append(paths, r.points.Path(key), r.points.Path(key+graph.FailedSuffix))
		}
	}
	return paths
}
