package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/record"
	"wprun/internal/rundir"
)

const acceptHelp = `Record that tasks are up to date as all is now, without running them: their
command, inputs and outputs as they are count as done. For a change that makes no
difference to what the tasks make.

A task that waits on others compares what came from them, too: where that has
changed, accept it as well, with them or after them. No run may be live that uses
the records.`

const acceptExample = `  wprun accept build
  wprun accept "test[shard=0]"`

func newAccept(s Streams) *cobra.Command {
	var file string
	c := &cobra.Command{
		Use:               "accept TASK...",
		Short:             "Record that tasks are up to date, without running them",
		Long:              acceptHelp,
		Example:           acceptExample,
		ValidArgsFunction: completeProcesses,
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := loadConfig(file)
			if err != nil {
				return err
			}
			return accept(cfg, args, s)
		},
	}
	fileFlag(c.Flags(), &file)
	return c
}

func accept(cfg *config.Config, names []string, s Streams) error {
	if len(names) == 0 {
		return errors.New("cannot accept nothing: wprun accept TASK...; \"wprun graph\" lists them")
	}
	l, err := newLedger(cfg, &runOptions{})
	if err != nil {
		return err
	}
	if names, err = processesNamed(cfg, "accept", names); err != nil {
		return err
	}
	tasks, err := l.accepted(names)
	if err != nil {
		return err
	}
	lock, err := rundir.OwnRecords(cfg.Dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := l.book.Make(); err != nil {
		return err
	}
	for _, t := range tasks {
		if err := l.accept(t); err != nil {
			return fmt.Errorf("cannot accept %q: %w", t.Name, err)
		}
		fmt.Fprintf(s.Out, "%s is up to date\n", t.Name)
	}
	return nil
}

// accepted are tasks that have records, each behind those that it waits on: it
// notes what those have made.
func (l *ledger) accepted(names []string) ([]*kept, error) {
	var tasks []*kept
	for _, name := range names {
		t := l.tasks[name]
		if t == nil || !t.booked {
			return nil, fmt.Errorf("cannot accept %q: it has no inputs or outputs, so nothing is recorded of it", name)
		}
		tasks = append(tasks, t)
	}
	slices.SortStableFunc(tasks, func(s, t *kept) int {
		return cmp.Compare(l.cfg.Graph.Level(s.index), l.cfg.Graph.Level(t.index))
	})
	return tasks, nil
}

func (l *ledger) accept(t *kept) error {
	err := l.book.Accept(context.Background(), t.Task)
	if lack, ok := errors.AsType[*record.OutputError](err); ok {
		return errors.New(lack.Text)
	}
	return err
}
