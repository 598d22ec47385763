package cli

import (
	_ "embed"
	"strings"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/watchpoint"
)

const rootHelp = `wprun starts the commands of one TOML file as independent processes and gates
each on watchpoints: directories named NAME.watch. Every process signals the one
of its own name, a task when it has exited 0, a service when it is ready.

"wprun" without a command is "wprun run" and takes its flags. "wprun help config"
has all keys of the file, and when a task need not run again.`

const runHelp = `Run the targets and all they need, in the foreground. Without targets: those of
"default" in the file, or else every process that nothing waits on.

The run is over when every target has ended; then the services are stopped. A
service that is itself a target keeps the run going until Ctrl-C. A second
Ctrl-C kills what is left, a third one does not even wait for that. Ctrl-Z stops
the commands as well, until "fg".

The output of the processes goes to stdout, what wprun has to say to stderr. The
raw output is also in .wprun/latest/logs/NAME.log beside the file, unless "log"
in it says otherwise. --output shows

  stream   each line as it comes, behind the name of its process
  grouped  all lines of a process when it has ended
  quiet    what failed or is blocked, and the last lines of what failed
  json     a JSON object for each line and for each change of the run

--resume leaves out what succeeded in the run that it goes on with, unless its
command, directory or declared variables are others now, a later run has started
it, or something before it runs anew. Of a task with inputs or outputs these are
compared as ever. With -n it says of each task why it is run or not.

When a task is up to date: "wprun help config", UP TO DATE.

With WPRUN_DEBUG=1 the events and actions of the run are printed, too.`

const runExample = `  wprun
  wprun run test --fail-fast
  wprun run -f ci/wprun.toml --output grouped --timeout 10m`

//go:embed exit-codes.md
var exitCodesManual string

// newTopics are the pages of the manual that belong to no command. The first
// line of each is its title.
func newTopics() []*cobra.Command {
	return []*cobra.Command{
		newTopic("config", config.Manual),
		newTopic("watchpoints", watchpoint.Manual),
		newTopic("exit-codes", exitCodesManual),
	}
}

// newTopic is a command that does nothing, which cobra takes for a page of help.
func newTopic(name, text string) *cobra.Command {
	title, _, _ := strings.Cut(text, "\n")
	return &cobra.Command{Use: name, Short: title, Long: text}
}

// newHelp is cobra's help command, but for a name that it does not know.
func newHelp(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC]",
		Short: "Help about any command or topic",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			for _, c := range root.Commands() {
				if c.Hidden {
					continue
				}
				names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return noSuchHelp(root, args)
			}
			return c.Help()
		},
	}
}
