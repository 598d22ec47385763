package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wprun/internal/nearest"
)

func fileFlag(f *pflag.FlagSet, file *string) {
	f.StringVarP(file, "file", "f", "", "the file (default: wprun.toml of this directory or the nearest parent)")
}

// wanted are the values of flags by their types, as pflag names these.
var wanted = map[string]string{
	"int":      `a whole number such as "4"`,
	"duration": `a time such as "90s" or "10m"`,
	"bool":     `"true" or "false"`,
}

// badFlag and the functions below are the errors of a command line, in place of
// cobra's own.
func badFlag(c *cobra.Command, err error) error {
	if bad, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		if want := wanted[bad.GetFlag().Value.Type()]; want != "" {
			return fmt.Errorf("cannot use %q for --%s: want %s; see %s --help", bad.GetValue(), bad.GetFlag().Name, want, c.CommandPath())
		}
	}
	return fmt.Errorf("cannot read the command line: %w; see %s --help", err, c.CommandPath())
}

func noSuchCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	name, near := args[0], ""
	if n, ok := nearest.Name(name, helpNames(root)); ok {
		near = fmt.Sprintf("; did you mean %q?", n)
	}
	return fmt.Errorf("cannot find a command %q: \"wprun help\" lists them; to run a target: wprun run %s%s", name, name, near)
}

func noSuchHelp(root *cobra.Command, args []string) error {
	name := strings.Join(args, " ")
	if near, ok := nearest.Name(name, helpNames(root)); ok {
		return fmt.Errorf("cannot help with %q: did you mean %q?", name, near)
	}
	return fmt.Errorf("cannot help with %q: \"wprun help\" lists the commands and topics", name)
}

// helpNames are the commands and topics that "wprun help" lists.
func helpNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("cannot use %q: %s takes no arguments", args[0], c.CommandPath())
}

func someKeys(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return nil
	}
	return fmt.Errorf("cannot do anything without a key: %s KEY...; \"wprun list\" shows the keys", c.CommandPath())
}
