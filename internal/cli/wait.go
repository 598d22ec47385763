package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wprun/internal/graph"
	"wprun/internal/rundir"
	"wprun/internal/watchpoint"
)

// waitOptions are the flags and arguments of "wprun wait".
type waitOptions struct {
	scopeOptions
	keys    []string
	any     bool
	timeout time.Duration
}

const waitHelp = `Wait until all of the watchpoints are signalled, or with --any one of them. The
wait ends at once when the twin KEY.failed of a key that is still missing says
that it will not come; with --any, when no key can come any more.
` + scopeHelp + `
EXIT STATUS
  0    all are signalled at this moment; with --any, one is
  1    a key will not come: its twin is there
  2    a key is unknown, or the command line or the file is wrong
  124  --timeout is over; stderr names what is missing`

const waitExample = `  wprun wait --timeout 30s db && psql
  wprun wait --any cache no-cache`

func newWait(s Streams) *cobra.Command {
	var o waitOptions
	c := &cobra.Command{
		Use:               "wait KEY...",
		Short:             "Wait until watchpoints are signalled",
		Long:              waitHelp,
		Example:           waitExample,
		Args:              someKeys,
		ValidArgsFunction: completeKeys(s),
		RunE: func(c *cobra.Command, args []string) error {
			o.keys = args
			return o.wait(c.Context(), s)
		},
	}
	o.addFlags(c)
	c.Flags().BoolVar(&o.any, "any", false, "wait for one of the keys, not for all")
	c.Flags().DurationVar(&o.timeout, "timeout", 0, "give up after this time, with exit code 124; 0 is never")
	return c
}

// wait relies on the default disposition of SIGINT and its like, which end this
// process at once: it has nothing to clear up.
func (o *waitOptions) wait(ctx context.Context, s Streams) error {
	if o.timeout < 0 {
		return fmt.Errorf("cannot wait for %s: --timeout takes a time such as 90s", o.timeout)
	}
	scope, err := o.scope(s.Getenv)
	if err != nil {
		return err
	}
	keys, err := scope.find(o.keys)
	if err != nil {
		return err
	}
	if o.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.timeout)
		defer cancel()
	}
	w := newWaiting(keys, o.any)
	ctx, over := context.WithCancel(ctx)
	defer over()
	own := scope.ownKey(keys)
	if own {
		go untilOver(ctx, scope.run, over)
	}
	if err := w.watch(ctx, scope.watched(keys), s); err != nil {
		return err
	}
	w.look(scope)
	if own && !w.decided() && isOver(scope.run) {
		return &exitError{code: codeNo, err: fmt.Errorf("cannot wait any longer: run %s is over, and %s", scope.run.ID, describeMissing(w.missing(), w.any))}
	}
	return w.result(o.timeout)
}

// overPoll is the time between two looks whether a run is over.
const overPoll = 500 * time.Millisecond

func isOver(run rundir.Dir) bool {
	live, err := rundir.Live(run.Path)
	return err == nil && !live
}

// untilOver returns when the run is over, having said so, or ctx is.
func untilOver(ctx context.Context, run rundir.Dir, over context.CancelFunc) {
	tick := time.NewTicker(overPoll)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if isOver(run) {
			over()
			return
		}
	}
}

// ownKey says that one of the keys is in the directory of a run.
func (s *scope) ownKey(keys []watchpoint.Key) bool {
	return s.run.Path != "" && slices.ContainsFunc(keys, func(k watchpoint.Key) bool {
		return filepath.Clean(s.places[k.String()].Base) == s.run.Watch()
	})
}

// look finds out what is there at the end of the wait: a short one may have ended
// before the first report, and a run may have left something at its very end.
func (w *waiting) look(s *scope) {
	for _, k := range w.missing() {
		here, err := s.handler.Exists(k)
		w.present[k] = here && err == nil
	}
}

// watched are the places of some keys and of their twins.
func (s *scope) watched(keys []watchpoint.Key) []watchpoint.Watchpoint {
	var list []watchpoint.Watchpoint
	listed := map[watchpoint.Key]bool{}
	add := func(w watchpoint.Watchpoint) {
		if !listed[w.Key] {
			listed[w.Key] = true
			list = append(list, w)
		}
	}
	for _, key := range keys {
		add(s.places[key.String()])
		if failed, ok := s.twinOf(key); ok {
			add(failed)
		}
	}
	return list
}

// waiting is what is known of the keys that are waited for.
type waiting struct {
	keys    []watchpoint.Key
	any     bool
	present map[watchpoint.Key]bool
}

func newWaiting(keys []watchpoint.Key, any bool) *waiting {
	return &waiting{keys, any, map[watchpoint.Key]bool{}}
}

// watch returns when the wait is decided or ctx ends.
func (w *waiting) watch(ctx context.Context, list []watchpoint.Watchpoint, s Streams) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watcher := watchpoint.NewWatcher(watchpoint.WatcherConfig{
		List: list,
		Warn: func(text string) { fmt.Fprintln(s.Err, "wprun: warning:", text) },
	})
	return watcher.Run(ctx, func(changes []watchpoint.Change) {
		if w.decided() {
			return
		}
		for _, c := range changes {
			w.present[c.Key] = c.Present
		}
		if w.decided() {
			cancel()
		}
	})
}

func (w *waiting) decided() bool { return w.satisfied() || w.hopeless() }

func (w *waiting) satisfied() bool {
	missing := len(w.missing())
	return missing == 0 || w.any && missing < len(w.keys)
}

// hopeless says that what is missing can no longer come.
func (w *waiting) hopeless() bool {
	failed := len(w.failed())
	return failed == len(w.keys) || !w.any && failed > 0
}

func (w *waiting) missing() []watchpoint.Key {
	return w.where(func(k watchpoint.Key) bool { return !w.present[k] })
}

// failed are the missing keys whose twins are there.
func (w *waiting) failed() []watchpoint.Key {
	return w.where(func(k watchpoint.Key) bool {
		return !w.present[k] && w.present[watchpoint.StringKey(k.String()+graph.FailedSuffix)]
	})
}

func (w *waiting) where(is func(watchpoint.Key) bool) []watchpoint.Key {
	var keys []watchpoint.Key
	for _, k := range w.keys {
		if is(k) {
			keys = append(keys, k)
		}
	}
	return keys
}

// result is how the wait ended.
func (w *waiting) result(timeout time.Duration) error {
	switch {
	case w.satisfied():
		return nil
	case w.hopeless():
		var lines []error
		for _, k := range w.failed() {
			lines = append(lines, fmt.Errorf("cannot wait for %q any longer: %q is there, so it will not come in this run", k, k.String()+graph.FailedSuffix))
		}
		return &exitError{code: codeNo, err: errors.Join(lines...)}
	}
	return &exitError{code: codeTimeout, err: fmt.Errorf("cannot wait longer than %v: %s", timeout, describeMissing(w.missing(), w.any))}
}

func describeMissing(keys []watchpoint.Key, any bool) string {
	var names []string
	for _, k := range keys {
		names = append(names, fmt.Sprintf("%q", k))
	}
	switch {
	case len(names) == 1:
		return names[0] + " is still missing"
	case any:
		return "none of " + strings.Join(names, ", ") + " is there"
	}
	return strings.Join(names, ", ") + " are still missing"
}
