package cli

import (
	"github.com/spf13/cobra"

	"wprun/internal/watchpoint"
)

const removeHelp = `Take signals back: remove the directories of watchpoints. One that is absent is
no error. Only an empty directory is ever removed. If a key is unknown, nothing
is done.
` + scopeHelp + `
EXIT STATUS
  0  none is signalled any more
  1  one could not be removed; the reason is on stderr
  2  a key is unknown, or the command line or the file is wrong`

const removeExample = `  wprun remove booted`

func newRemove(s Streams) *cobra.Command {
	return newPointCommand(s, &cobra.Command{
		Use:     "remove KEY...",
		Short:   "Take signals back: remove the directories",
		Long:    removeHelp,
		Example: removeExample,
	}, func(sc *scope, keys []watchpoint.Key) error {
		return forEach(keys, sc.handler.Remove)
	})
}
