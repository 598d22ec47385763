package cli

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wprun/internal/config"
	"wprun/internal/graph"
	"wprun/internal/runner"
	"wprun/internal/watchpoint"
)

// directories are the watchpoints of a run, and their twins, by the text of
// their keys.
type directories struct {
	handler *watchpoint.Handler
	watcher *watchpoint.Watcher
	// numbers has the keys that are numbers; the others are their text.
	numbers map[string]watchpoint.Key
	// elsewhere has those that have a base of their own, and outlive the run.
	elsewhere map[string]bool
	// promised says that somebody other than wprun is to make one.
	promised bool
	// latest is when wprun has made one, in nanoseconds.
	latest atomic.Int64
	// record is told of each directory elsewhere that was made.
	record func(key string)
	// lasting makes signals that outlive a power cut, after written; nil if they
	// need not.
	lasting *watchpoint.Handler
	written func() error
}

// newDirectories puts the watchpoints without a base of their own into watchDir.
func newDirectories(c *config.Config, watchDir string, warn, record func(string)) (*directories, error) {
	size := 2 * len(c.Watchpoints)
	d := &directories{
		numbers: map[string]watchpoint.Key{}, elsewhere: map[string]bool{},
		promised: promised(c.Graph), record: record,
	}
	wanted := twinsWanted(c.Graph)
	all, watched := make([]watchpoint.Watchpoint, 0, size), make([]watchpoint.Watchpoint, 0, len(c.Watchpoints))
	for _, w := range c.Watchpoints {
		twin := w.Twin()
		if w.Key.IsInt() {
			d.numbers[w.Key.String()] = w.Key
		}
		if w.Base != "" {
			d.elsewhere[w.Key.String()], d.elsewhere[twin.Key.String()] = true, true
		} else {
			w.Base, twin.Base = watchDir, watchDir
		}
		all = append(all, w, twin)
		watched = append(watched, w)
		if wanted[w.Key.String()] {
			watched = append(watched, twin)
		}
	}
	var beside sync.WaitGroup
	beside.Go(func() {
		d.watcher = watchpoint.NewWatcher(watchpoint.WatcherConfig{List: watched, Warn: warn})
	})
	d.latest.Store(time.Now().UnixNano())
	var err error
	d.handler, err = watchpoint.NewHandler(all)
	beside.Wait()
	return d, err
}

// key is the key of that text.
func (d *directories) key(text string) watchpoint.Key {
	if number, ok := d.numbers[text]; ok {
		return number
	}
	return watchpoint.StringKey(text)
}

// outlast makes every signal outlive a power cut, and with it what its command
// has written to the file systems of the project and of the working directories.
// Before each, written has to put the journal on the disk.
func (d *directories) outlast(c *config.Config, written func() error) {
	dirs := []string{c.Dir}
	for _, p := range c.Processes {
		if !slices.Contains(dirs, p.Dir) {
			dirs = append(dirs, p.Dir)
		}
	}
	d.lasting, d.written = d.handler.Durable(dirs...), written
}

// make makes a directory. A twin promises nothing that could be lost.
func (d *directories) make(key string) error {
	if d.lasting == nil || strings.HasSuffix(key, graph.FailedSuffix) {
		return d.handler.Create(d.key(key))
	}
	if err := d.written(); err != nil {
		return err
	}
	return d.lasting.Create(d.key(key))
}

// twinsWanted finds the keys whose twins somebody may wait on or declare from
// outside; nobody has to look for the others.
func twinsWanted(g *graph.Graph) map[string]bool {
	wanted := map[string]bool{}
	for _, p := range g.Points() {
		if p.External {
			wanted[p.Key] = true
		}
	}
	for _, p := range g.Processes() {
		for _, anyOf := range p.WaitsOn {
			for _, key := range anyOf {
				if stem, twin := strings.CutSuffix(key, graph.FailedSuffix); twin {
					wanted[stem] = true
				}
			}
		}
	}
	return wanted
}

// promised says whether a command or somebody outside is to make a watchpoint.
func promised(g *graph.Graph) bool {
	for _, p := range g.Points() {
		if p.External {
			return true
		}
	}
	for _, p := range g.Processes() {
		if slices.ContainsFunc(p.Signals, func(s graph.Signal) bool { return s.When == graph.Self }) {
			return true
		}
	}
	return false
}

func (d *directories) Create(key string) error {
	d.latest.Store(time.Now().UnixNano())
	d.watcher.Expect(d.key(key))
	if err := d.make(key); err != nil {
		d.watcher.Unexpect(d.key(key))
		return err
	}
	if d.elsewhere[key] {
		d.record(key)
	}
	return nil
}

func (d *directories) Passing(err error) bool { return watchpoint.Passing(err) }

func (d *directories) Remove(key string) error { return d.handler.Remove(d.key(key)) }

// Exists takes what is there but is no directory for absent; the watcher warns
// of it.
func (d *directories) Exists(key string) bool {
	here, err := d.handler.Exists(d.key(key))
	return here && err == nil
}

// Path returns "" for a key that does not exist.
func (d *directories) Path(key string) string {
	path, err := d.handler.Path(d.key(key))
	if err != nil {
		return ""
	}
	return path
}

const (
	// calm is how long no watchpoint was made here when watching begins, and
	// mostDeaf how long a run goes without it at most.
	calm     = 50 * time.Millisecond
	mostDeaf = 5 * time.Second
)

// awaitCalm waits until watching is worth what it costs, and reports whether the
// run still goes on. Each watchpoint that wprun makes wakes who watches, and the
// kernel takes some 15 ms to take down a watch (inotify(7)): a run that does nothing
// but start short commands spares both.
func (d *directories) awaitCalm(ctx context.Context) bool {
	limit := time.Now().Add(mostDeaf)
	for {
		due := time.Unix(0, d.latest.Load()).Add(calm)
		if due.After(limit) {
			due = limit
		}
		wait := time.Until(due)
		if wait <= 0 {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
}

// Watch begins at once where somebody has promised to make a watchpoint.
func (d *directories) Watch(ctx context.Context, report func([]runner.Change)) error {
	if !d.promised && !d.awaitCalm(ctx) {
		return nil
	}
	return d.watcher.Run(ctx, func(changes []watchpoint.Change) {
		told := make([]runner.Change, 0, len(changes))
		for _, c := range changes {
			told = append(told, runner.Change{Key: c.Key.String(), Present: c.Present})
		}
		if len(told) > 0 {
			report(told)
		}
	})
}
