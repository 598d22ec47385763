package cli

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func newVersion(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  noArguments,
		Run:   func(*cobra.Command, []string) { fmt.Fprintln(s.Out, "wprun", version()) },
	}
}

// addVersionFlag does what cobra would do by package text/template, for which the
// linker would have to keep every method of the program: a sixth of it.
func addVersionFlag(root *cobra.Command, s Streams) {
	asked := root.Flags().BoolP("version", "v", false, "version for wprun")
	run := root.RunE
	root.Args = func(c *cobra.Command, args []string) error {
		if *asked {
			return nil
		}
		return noSuchCommand(c, args)
	}
	root.RunE = func(c *cobra.Command, args []string) error {
		if *asked {
			fmt.Fprintln(s.Out, "wprun", version())
			return nil
		}
		return run(c, args)
	}
}

// version is what the build recorded of itself.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
