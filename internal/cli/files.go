package cli

import (
	"context"

	"wprun/internal/config"
	"wprun/internal/files"
	"wprun/internal/runner"
)

// watched are the files whose change restarts processes.
type watched struct {
	sets []files.Set
	warn func(string)
}

// newWatched are those of the file, or nil; warn can be called from any
// goroutine.
func newWatched(c *config.Config, warn func(string)) runner.Files {
	w := &watched{warn: warn}
	for _, p := range c.Processes {
		if len(p.Watch) > 0 {
			w.sets = append(w.sets, files.Set{Name: p.Name, Globs: p.Watch})
		}
	}
	if len(w.sets) == 0 {
		return nil
	}
	return w
}

func (w *watched) Watch(ctx context.Context, begun func(), changed func(process, path string)) error {
	return files.Watch(ctx, w.sets, w.warn, begun, changed)
}
