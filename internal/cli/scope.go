package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/graph"
	"wprun/internal/nearest"
	"wprun/internal/rundir"
	"wprun/internal/watchpoint"
)

// scopeHelp belongs to the help of all commands that name keys.
const scopeHelp = `
Inside a command of a run the keys are those of that run. Elsewhere they are
those of the file; the ones in a run's own directory are in the latest run of
the file, or in the one that --run names. An integer key is written as its
number, and KEY.failed names the twin of KEY. The name of a task with a matrix,
alone or with some of its values, stands for the keys of all these instances.
`

// scopeOptions are the flags that say whose watchpoints are meant.
type scopeOptions struct {
	file, run string
}

func (o *scopeOptions) addFlags(c *cobra.Command) {
	fileFlag(c.Flags(), &o.file)
	c.Flags().StringVar(&o.run, "run", "", "the run, by its ID or directory (default: the run of this command, or else the latest of the file)")
}

// scope is the watchpoints, and their twins, that a script can name.
type scope struct {
	// owner is the run or the file they belong to, as messages call it.
	owner string
	keys  []string
	// places has no entry for a key of a run's own directory if no run is known.
	places  map[string]watchpoint.Watchpoint
	handler *watchpoint.Handler
	// run is the run in whose directory keys are; without one noRun says why.
	run   rundir.Dir
	noRun error
}

// scope prefers what is named by a flag. Inside a command of a run nothing but
// that run's plan is read.
func (o *scopeOptions) scope(getenv func(string) string) (*scope, error) {
	inside := getenv("WPRUN_RUN_DIR")
	switch {
	case o.run != "" && o.file != "":
		return nil, errors.New("cannot look in a run and in a file at once: use --run or --file")
	case o.run != "":
		return namedRunScope(o.run)
	case o.file == "" && inside != "":
		dir, err := rundir.Open(inside)
		if err != nil {
			return nil, fmt.Errorf("%w; WPRUN_RUN_DIR names it", err)
		}
		return runScope(dir)
	}
	cfg, err := loadConfig(o.file)
	if err != nil {
		return nil, err
	}
	return fileScope(cfg, inside)
}

func namedRunScope(name string) (*scope, error) {
	dir, err := namedRun(name)
	if err != nil {
		return nil, err
	}
	return runScope(dir)
}

// namedRun finds a run of the nearest project.
func namedRun(name string) (rundir.Dir, error) {
	if isPath(name) {
		return rundir.Open(name)
	}
	project, err := rundir.FindProject(".")
	if err != nil {
		return rundir.Dir{}, err
	}
	return runIn(project, name)
}

// isPath takes what has a slash for a directory and all else for the ID of a run.
func isPath(name string) bool { return strings.ContainsRune(name, filepath.Separator) }

// runIn finds a run of a project.
func runIn(project, name string) (rundir.Dir, error) {
	if isPath(name) {
		return rundir.Open(name)
	}
	dirs, err := rundir.List(project)
	if err != nil {
		return rundir.Dir{}, err
	}
	for _, d := range dirs {
		if d.ID == name {
			return rundir.Open(d.Path)
		}
	}
	if len(dirs) == 0 {
		return rundir.Dir{}, fmt.Errorf("cannot find run %q: %q has no runs", name, project)
	}
	return rundir.Dir{}, fmt.Errorf("cannot find run %q among the %d of %q; the latest is %s", name, len(dirs), project, dirs[len(dirs)-1].ID)
}

// runScope has the watchpoints of a run's plan.
func runScope(dir rundir.Dir) (*scope, error) {
	var p plan
	if err := rundir.ReadPlan(dir.Path, &p); err != nil {
		return nil, err
	}
	s := newScope("run " + dir.ID)
	s.run = dir
	for _, point := range p.Watchpoints {
		base, entry := filepath.Split(point.Path)
		s.add(point.Key, watchpoint.Watchpoint{Base: base, Name: strings.TrimSuffix(entry, watchpoint.Suffix)})
	}
	return s, s.finish()
}

// fileScope has the watchpoints of a file; those of a run's own directory are
// in the file's run, if there is one.
func fileScope(cfg *config.Config, inside string) (*scope, error) {
	s := newScope(fmt.Sprintf("%q", cfg.File))
	dir, err := runOf(cfg, inside)
	if s.noRun = err; err == nil {
		s.owner += " and run " + dir.ID
		s.run = dir
	}
	for _, w := range cfg.Watchpoints {
		if w.Base == "" && s.noRun == nil {
			w.Base = dir.Watch()
		}
		failed := w.Twin()
		s.add(w.Key.String(), w)
		s.add(failed.Key.String(), failed)
	}
	return s, s.finish()
}

// runOf finds the run of a file: the one whose command this is, or else the
// file's latest.
func runOf(cfg *config.Config, inside string) (rundir.Dir, error) {
	paths := []string{inside}
	if latest, err := rundir.Latest(cfg.Dir); err == nil {
		paths = append(paths, latest)
	}
	dirs, err := rundir.List(cfg.Dir)
	if err != nil {
		return rundir.Dir{}, err
	}
	for i := len(dirs) - 1; i >= 0; i-- {
		paths = append(paths, dirs[i].Path)
	}
	for _, path := range paths {
		if dir, ok := isRunOf(path, cfg); ok {
			return dir, nil
		}
	}
	return rundir.Dir{}, &notRunError{cfg.File}
}

// notRunError says that a file has no runs.
type notRunError struct{ file string }

func (e *notRunError) Error() string {
	return fmt.Sprintf("nothing has run %q yet; start with \"wprun run\", or name a run with --run", e.file)
}

// isRunOf compares no more of the file than its name: the runs of a project that
// was moved are still its own.
func isRunOf(path string, cfg *config.Config) (rundir.Dir, bool) {
	info, err := rundir.ReadInfo(path)
	if err != nil || filepath.Base(info.File) != filepath.Base(cfg.File) {
		return rundir.Dir{}, false
	}
	dir, err := rundir.Open(path)
	return dir, err == nil && sameDir(dir.Project(), cfg.Dir)
}

func sameDir(a, b string) bool {
	if real, err := filepath.EvalSymlinks(b); err == nil {
		b = real
	}
	return a == b
}

func newScope(owner string) *scope {
	return &scope{owner: owner, places: map[string]watchpoint.Watchpoint{}}
}

// add takes a key by its text, which no two keys share.
func (s *scope) add(text string, w watchpoint.Watchpoint) {
	if w.Name == "" {
		w.Name = text
	}
	w.Key = watchpoint.StringKey(text)
	s.keys = append(s.keys, text)
	if w.Base != "" {
		s.places[text] = w
	}
}

// finish makes the handler of all that was added.
func (s *scope) finish() (err error) {
	var list []watchpoint.Watchpoint
	for _, key := range s.keys {
		if w, ok := s.places[key]; ok {
			list = append(list, w)
		}
	}
	s.handler, err = watchpoint.NewHandler(list)
	return err
}

// find returns the keys of each text. The error names the first without one.
func (s *scope) find(texts []string) ([]watchpoint.Key, error) {
	var keys []watchpoint.Key
	for _, text := range texts {
		for _, key := range s.named(text) {
			if _, ok := s.places[key]; !ok {
				return nil, s.unknown(key)
			}
			keys = append(keys, watchpoint.StringKey(key))
		}
	}
	return keys, nil
}

// named is the key of a text, or those of the instances that it stands for:
// "test[os=mac,shard=0]" is one of "test" and of "test[os=mac]".
func (s *scope) named(text string) []string {
	if slices.Contains(s.keys, text) {
		return []string{text}
	}
	stem, wanted := cutInstance(text)
	var list []string
	for _, key := range s.keys {
		of, has := cutInstance(key)
		lacks := func(value string) bool { return !slices.Contains(has, value) }
		if len(has) > 0 && of == stem && !slices.ContainsFunc(wanted, lacks) {
			list = append(list, key)
		}
	}
	if len(list) == 0 {
		return []string{text}
	}
	return list
}

// cutInstance returns the values in the name of an instance; what is none has none.
func cutInstance(name string) (stem string, values []string) {
	stem, rest, _ := strings.Cut(name, "[")
	rest, ok := strings.CutSuffix(rest, "]")
	if !ok {
		return name, nil
	}
	return stem, strings.Split(rest, ",")
}

func (s *scope) unknown(text string) error {
	for _, key := range s.keys {
		if key == text {
			return fmt.Errorf("cannot find watchpoint %q: it is in the directory of a run, and %w", text, s.noRun)
		}
	}
	stem, twin := strings.CutSuffix(text, graph.FailedSuffix)
	if some := s.named(stem); twin && len(some) > 1 {
		return fmt.Errorf("cannot find watchpoint %q: each instance of %q has a twin of its own; name one, such as %q", text, stem, some[0]+graph.FailedSuffix)
	}
	if near, ok := nearest.Name(text, s.keys); ok {
		return fmt.Errorf("cannot find watchpoint %q in %s: did you mean %q?", text, s.owner, near)
	}
	return fmt.Errorf("cannot find watchpoint %q in %s; \"wprun list --all\" shows what is there", text, s.owner)
}

// twinOf is the key that says that another one will not come; a twin has none.
func (s *scope) twinOf(key watchpoint.Key) (watchpoint.Watchpoint, bool) {
	w, ok := s.places[key.String()+graph.FailedSuffix]
	return w, ok
}
