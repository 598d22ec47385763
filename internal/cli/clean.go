package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wprun/internal/record"
	"wprun/internal/rundir"
)

const cleanHelp = `Clear up behind runs that were killed (kill -9 of all of wprun, or a power cut):

  - processes of theirs that are still alive are ended: SIGTERM, and after a
    second SIGKILL. They are known by their environment (WPRUN_RUN_ID); one that
    has cleared it is not found.
  - directories of runs are removed that a kill left half made or half removed.

Live runs are not touched, nor is what runs that ended in order have left, but for
what --runs, --records and --aside name. The runs are those of .wprun in this
directory or the nearest parent, or beside FILE; the records are then those of FILE
alone.

--aside removes .wprun/aside: what was kept of outputs that somebody had edited when
their tasks ran again. Nothing else removes that.

EXIT STATUS
  0    nothing is left, or nothing was there
  125  a process could not be ended, or a directory could not be removed; or
       processes cannot be seen here, as there is no /proc, and a run was killed
  2    nothing has been run here, the command line is wrong, or a live run uses
       the records, or what is kept aside`

// survivorGrace is how long what a killed run has left may take to end.
const survivorGrace = time.Second

func newClean(s Streams) *cobra.Command {
	var file string
	var records, runs, aside bool
	c := &cobra.Command{
		Use:   "clean",
		Short: "End and remove what runs that were killed have left",
		Long:  cleanHelp,
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			project, err := projectOf(file)
			if err != nil {
				return err
			}
			err = clean(project, s.Out)
			if runs {
				err = errors.Join(err, internalFault(cleanRuns(project, s.Out)))
			}
			if records {
				err = errors.Join(err, cleanRecords(project, file, s.Out))
			}
			if aside {
				err = errors.Join(err, cleanAside(project, s.Out))
			}
			return err
		},
	}
	f := c.Flags()
	fileFlag(f, &file)
	f.BoolVar(&records, "records", false, "forget what tasks did: all of them run again")
	f.BoolVar(&aside, "aside", false, "remove what was kept of outputs that somebody had edited")
	f.BoolVar(&runs, "runs", false, "remove the directories of all runs that are over, with their logs")
	return c
}

// projectOf is the directory that has the runs of a file, "" for the nearest one.
func projectOf(file string) (string, error) {
	if file == "" {
		return rundir.FindProject(".")
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return "", fmt.Errorf("cannot find the working directory: %w", err)
	}
	return filepath.Dir(file), nil
}

func clean(project string, out io.Writer) error {
	found := false
	tell := func(line string) {
		found = true
		fmt.Fprintln(out, line)
	}
	err := endSurvivors(project, tell)
	removed, removeErr := rundir.RemoveTorn(project)
	for _, dir := range removed {
		tell("removed " + nearPath(dir) + ", the rest of a run that a kill has left")
	}
	if err := errors.Join(err, removeErr, unsearched(project)); err != nil {
		return internalFault(err)
	}
	if !found {
		tell("nothing is left of runs that were killed")
	}
	return nil
}

// unsearched is an error where it cannot be seen what killed runs have left.
func unsearched(project string) error {
	dirs, err := rundir.Unsearched(project)
	if err != nil || len(dirs) == 0 {
		return err
	}
	return fmt.Errorf("cannot look for what run %s has left alive, as it did not end in order: other processes cannot be seen, "+
		"since there is no /proc of theirs; call \"wprun clean\" where there is one", dirs[len(dirs)-1].ID)
}

func cleanRuns(project string, out io.Writer) error {
	n, err := rundir.RemoveOver(project)
	fmt.Fprintf(out, "removed %s\n", count(n, "run", "runs"))
	return err
}

// cleanRecords forgets the tasks of a file, "" for those of all.
func cleanRecords(project, file string, out io.Writer) error {
	book := record.Open(project, file, record.Machine{})
	list := book.Own
	if file == "" {
		list = book.Names
	}
	names, err := list()
	if err != nil {
		return internalFault(err)
	}
	if len(names) > 0 {
		lock, err := rundir.OwnRecords(project)
		if err != nil {
			return err
		}
		defer lock.Close()
		if err := book.Remove(names...); err != nil {
			return internalFault(err)
		}
	}
	fmt.Fprintf(out, "removed the records of %s\n", count(len(names), "task", "tasks"))
	return nil
}

// cleanAside removes what the tasks of all files have set aside.
func cleanAside(project string, out io.Writer) error {
	book := record.Open(project, "", record.Machine{})
	n, err := book.CountAside()
	if err != nil {
		return internalFault(err)
	}
	if n > 0 {
		lock, err := rundir.OwnRecords(project)
		if err != nil {
			return err
		}
		defer lock.Close()
		if err := book.RemoveAside(); err != nil {
			return internalFault(err)
		}
	}
	fmt.Fprintf(out, "removed %s from .wprun/aside\n", count(n, "file", "files"))
	return nil
}

// endSurvivors ends what killed runs have left alive, and tells of each process.
func endSurvivors(project string, tell func(string)) error {
	list, err := rundir.Survivors(project)
	if err != nil || len(list) == 0 {
		return err
	}
	left, err := rundir.EndSurvivors(list, survivorGrace)
	alive := map[int]bool{}
	for _, s := range left {
		alive[s.Pid] = true
		err = errors.Join(err, fmt.Errorf("cannot end %v: it is still alive; end it by hand", s))
	}
	for _, s := range list {
		if !alive[s.Pid] {
			tell(fmt.Sprintf("ended %v", s))
		}
	}
	return err
}

// clearSurvivors refuses a run while something of a killed one is alive; with
// fresh it ends that.
func clearSurvivors(project string, fresh bool, tell func(string)) error {
	if fresh {
		return endSurvivors(project, tell)
	}
	list, err := rundir.Survivors(project)
	if err != nil || len(list) == 0 {
		return err
	}
	lines := []string{"cannot start: wprun was killed in an earlier run, and these processes of it are still alive:"}
	for _, s := range list {
		lines = append(lines, "  "+s.String())
	}
	lines = append(lines, `look at them, then end them with "wprun clean", or run with --fresh`)
	return errors.New(strings.Join(lines, "\n"))
}

// recordEnd marks the run as one behind which nobody has to clean.
func (r *run) recordEnd() {
	if err := r.dir.WriteEnded(); err != nil {
		r.observer.Warn(err.Error())
	}
}
