package cli

import (
	"github.com/spf13/cobra"

	"wprun/internal/watchpoint"
)

const existsHelp = `Say by the exit code whether all of the watchpoints are signalled now.
` + scopeHelp + `
EXIT STATUS
  0  all are signalled
  1  at least one is not
  2  that cannot be told: a key is unknown, something else than a directory is
     in the place of one, or the command line or the file is wrong`

const existsExample = `  if wprun exists db.failed; then echo no database; fi`

func newExists(s Streams) *cobra.Command {
	return newPointCommand(s, &cobra.Command{
		Use:     "exists KEY...",
		Short:   "Say by the exit code whether watchpoints are signalled",
		Long:    existsHelp,
		Example: existsExample,
	}, allExist)
}

func allExist(sc *scope, keys []watchpoint.Key) error {
	all := true
	for _, key := range keys {
		here, err := sc.handler.Exists(key)
		if err != nil {
			return err
		}
		all = all && here
	}
	if !all {
		return &exitError{code: codeNo}
	}
	return nil
}
