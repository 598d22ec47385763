package config

import (
	"os"
	"slices"

	"wprun/internal/program"
)

// checkCommands looks whether directories and programs exist. What may not yet
// be there because something runs before is only a warning.
func (l *loader) checkCommands() {
	c := commandCheck{l: l, own: os.Environ(), dirs: map[string]string{}, programs: map[named]string{}}
	for _, d := range l.processes {
		c.check(d)
	}
}

// commandCheck remembers answers, since many processes ask the same.
type commandCheck struct {
	l        *loader
	own      []string
	dirs     map[string]string
	programs map[named]string
}

// named is all that decides which file a command names.
type named struct{ argv0, dir, path string }

func (c *commandCheck) check(d *declared) {
	reason, known := c.dirs[d.Dir]
	if !known {
		reason = program.ExplainDir(d.Dir)
		c.dirs[d.Dir] = reason
	}
	if reason != "" {
		c.report(d, "dir", reason)
		return
	}
	c.reportProgram(d, "command", d.Argv)
	c.reportProgram(d, "skip_if", d.SkipIf)
	c.reportProgram(d, "stop", d.StopCommand)
	c.reportProgram(d, "ready", d.Ready.Exec)
	c.reportProgram(d, "alive", d.Alive.Exec)
}

func (c *commandCheck) reportProgram(d *declared, key string, argv []string) {
	if len(argv) > 0 {
		c.report(d, key, c.program(argv[0], d))
	}
}

func (c *commandCheck) program(argv0 string, d *declared) string {
	path, declared := program.Path(d.Env)
	if !declared {
		path, _ = program.Path(c.own)
	}
	n := named{argv0, d.Dir, path}
	reason, known := c.programs[n]
	if !known {
		reason = program.Explain(argv0, d.Dir, slices.Concat(c.own, d.Env))
		c.programs[n] = reason
	}
	return reason
}

func (c *commandCheck) report(d *declared, key, reason string) {
	switch {
	case reason == "":
	case len(d.waits) > 0:
		what := d.String()
		if key == "skip_if" {
			what = "skip_if of " + what
		}
		c.l.warn(d.table.place(key), "%s may not start: %s; what it waits on would have to make it", what, reason)
	default:
		d.table.problem(key, "%s", reason)
	}
}
