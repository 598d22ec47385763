package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wprun/internal/config"
)

// completeProcesses offers the names of the file's processes, but for those that
// are already there.
func completeProcesses(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	cfg, err := completionConfig(c)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	group := ""
	for _, p := range cfg.Processes {
		if p.Group != "" && p.Group != group {
			group = p.Group
			names = append(names, cobra.CompletionWithDesc(group, "all instances"))
		}
		about := p.Description
		if about == "" {
			about = kind(p.Service)
		}
		names = append(names, cobra.CompletionWithDesc(p.Name, about))
	}
	names = slices.DeleteFunc(names, func(c cobra.Completion) bool {
		name, _, _ := strings.Cut(c, "\t")
		return slices.Contains(args, name)
	})
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeProcess is for flags that take one process.
func completeProcess(c *cobra.Command, _ []string, start string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return completeProcesses(c, nil, start)
}

func completionConfig(c *cobra.Command) (*config.Config, error) {
	file, err := c.Flags().GetString("file")
	if err != nil {
		return nil, err
	}
	return loadConfig(file)
}

// completeKeys offers the keys of the watchpoints that the flags mean.
func completeKeys(s Streams) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var o scopeOptions
		o.file, _ = c.Flags().GetString("file")
		o.run, _ = c.Flags().GetString("run")
		scope, err := o.scope(s.Getenv)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		keys := slices.DeleteFunc(slices.Clone(scope.keys), func(key string) bool { return slices.Contains(args, key) })
		return keys, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeRun completes what "wprun run" takes beside the file.
func completeRun(root *cobra.Command) {
	run, _, _ := root.Find([]string{"run"})
	run.ValidArgsFunction = completeProcesses
	mustComplete(run, "exit-code-from", completeProcess)
	mustComplete(run, "output", cobra.FixedCompletions([]cobra.Completion{"stream", "grouped", "quiet", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

// mustComplete panics if the flag does not exist.
func mustComplete(c *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := c.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err)
	}
}
