package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// validateOptions are the flags of "wprun validate".
type validateOptions struct {
	file string
}

const validateHelp = `Read the file and check all of it: names, keys, gates, circles, commands,
directories. Every problem is printed, not the first alone. Warnings go to
stderr and are no problems. Nothing is started or written.`

const validateExample = `  wprun validate
  wprun validate -f ci/wprun.toml && git commit`

func newValidate(s Streams) *cobra.Command {
	var o validateOptions
	c := &cobra.Command{
		Use:               "validate",
		Short:             "Check the file and start nothing",
		Long:              validateHelp,
		Example:           validateExample,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return o.validate(s) },
	}
	fileFlag(c.Flags(), &o.file)
	return c
}

func (o *validateOptions) validate(s Streams) error {
	cfg, err := loadConfig(o.file)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		fmt.Fprintln(s.Err, "wprun: warning:", w)
	}
	file := o.file
	if file == "" {
		file = cfg.File
	}
	fmt.Fprintf(s.Out, "%s: %s, %s\n", file,
		count(len(cfg.Processes), "process", "processes"), count(len(cfg.Watchpoints), "watchpoint", "watchpoints"))
	return nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
