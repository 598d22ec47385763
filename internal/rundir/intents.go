package rundir

import (
	"fmt"
	"os"
	"path/filepath"
)

// RecordIntents remembers in one write that the run may make directories at the
// paths, at which nothing is now: if it is killed between a mkdir and RecordMade,
// the next run still knows its own.
func (r *Run) RecordIntents(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	return r.record(made{Run: r.ID, Intends: paths})
}

// intents has, by path, the record of the run that was the last to intend it, if
// that run did not end in order: it may have made what is there.
type intents map[string]made

func intentsOf(project string, records []made) intents {
	all := intents{}
	for _, record := range records {
		open := len(record.Intends) > 0 && mayHaveMade(project, record.Run)
		for _, path := range record.Intends {
			if open {
				all[path] = made{Path: path, Run: record.Run}
			} else {
				delete(all, path)
			}
		}
	}
	return all
}

func mayHaveMade(project, run string) bool {
	if !isID(run) {
		return false
	}
	d := Dir{ID: run, Path: filepath.Join(project, home, runsName, run)}
	_, err := os.Stat(d.Path)
	return err == nil && !endedInOrder(d)
}

// of returns the paths of a record that no later run has intended.
func (i intents) of(record made) []string {
	var paths []string
	for _, path := range record.Intends {
		if i[path].Run == record.Run {
			paths = append(paths, path)
		}
	}
	return paths
}

// rival is an error if a live run is about to make one of the paths. The lock of
// a base says so first, unless somebody has removed it.
func (i intents) rival(project string, paths []string) error {
	asked := map[string]bool{}
	for _, path := range paths {
		record, ok := i[path]
		if !ok || asked[record.Run] {
			continue
		}
		asked[record.Run] = true
		d, live, err := runOf(project, record)
		if err != nil {
			return err
		}
		if live {
			return inUse(filepath.Dir(path), d.who())
		}
	}
	return nil
}

func inUse(base, who string) error {
	return fmt.Errorf("cannot use the base %q: %s uses it; stop that run first, or name another base", base, who)
}
