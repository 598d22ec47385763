package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"wprun/internal/config"
)

const acceptHelp = `Record that tasks are up to date as all is now, without running them: their
command, inputs and outputs as they are count as done. For a change that makes no
difference to what the tasks make.`

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
	if names, err = processesNamed(cfg, names); err != nil {
		return err
	}
	var tasks []*kept
	for _, name := range names {
		t := l.tasks[name]
		if t == nil || !t.booked {
			return fmt.Errorf("cannot accept %q: it has no inputs or outputs, so nothing is recorded of it", name)
		}
		tasks = append(tasks, t)
	}
	for _, t := range tasks {
		if err := l.book.Accept(context.Background(), t.Task, ""); err != nil {
			return fmt.Errorf("cannot accept %q: %w", t.Name, err)
		}
		fmt.Fprintf(s.Out, "%s is up to date\n", t.Name)
	}
	return nil
}
