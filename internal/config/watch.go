package config

import (
	"os"
	"slices"
	"strings"

	"wprun/internal/glob"
)

// readWatch reads the files whose change restarts a service.
func readWatch(d *declared) {
	t := d.table
	at := t.place("watch")
	patterns := t.stringOrList("watch")
	for i, pattern := range patterns {
		at := at
		if len(patterns) > 1 {
			at = at.index(i)
		}
		if why := d.refuseGlob(pattern); why != "" {
			t.problemAt(at, "watch", "%s", why)
		}
	}
	if t.has("watch") && len(patterns) == 0 {
		t.problem("watch", "the list is empty")
	}
	d.Cascade = value[bool](t, "cascade")
	if t.says("cascade") && t.has("cascade") && !t.given("watch") {
		t.problem("cascade", "only a service with watch has it")
	}
}

// refuseGlob takes a pattern or says why not.
func (d *declared) refuseGlob(pattern string) string {
	absolute, globs, err := d.table.source().glob(pattern)
	if err != nil {
		return err.Error()
	}
	for _, g := range globs {
		if name, literal := g.Literal(); literal && isDir(name) {
			return strings.TrimSuffix(pattern, "/") + " is a directory, and files are what is watched; for all below it write \"" +
				strings.TrimSuffix(pattern, "/") + "/**\""
		}
	}
	d.Watch = append(d.Watch, absolute)
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// checkWatches warns of a directory that does not exist, and refuses a service
// that its own output would restart for ever.
func (l *loader) checkWatches() {
	logged := slices.Clone(l.processes)
	logged = slices.DeleteFunc(logged, func(d *declared) bool { return d.Log.File == "" })
	for _, d := range l.processes {
		for _, pattern := range d.Watch {
			globs, _ := glob.Parse(pattern)
			for _, g := range globs {
				d.checkWatch(g, logged)
			}
		}
	}
}

func (d *declared) checkWatch(g glob.Glob, logged []*declared) {
	l, at := d.table.loader(), d.table.place("watch")
	if !isDir(g.Root) && len(d.waits) == 0 {
		l.warn(at, "%v watches files in %q, which is no directory yet", d, g.Root)
	}
	for _, other := range logged {
		switch {
		case !g.Match(other.Log.File):
		case other == d:
			d.table.problem("watch", "the log of the service is among them, so that each line would restart it")
		default:
			l.warn(at, "%v watches the log of %v, so that each line restarts it", d, other)
		}
	}
}
