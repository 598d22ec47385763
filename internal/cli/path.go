package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"wprun/internal/watchpoint"
)

const pathHelp = `Print the absolute paths of watchpoints, one a line in the order of the keys,
whether they are signalled or not.
` + scopeHelp

const pathExample = `  mkdir -p "$(wprun path booted)"
  ssh node7 mkdir "$(wprun path dataset)"`

func newPath(s Streams) *cobra.Command {
	return newPointCommand(s, &cobra.Command{
		Use:     "path KEY...",
		Short:   "Print where watchpoints are, one absolute path a line",
		Long:    pathHelp,
		Example: pathExample,
	}, func(sc *scope, keys []watchpoint.Key) error {
		for _, key := range keys {
			path, err := sc.handler.Path(key)
			if err != nil {
				return err
			}
			fmt.Fprintln(s.Out, path)
		}
		return nil
	})
}
