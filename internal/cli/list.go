package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"wprun/internal/graph"
	"wprun/internal/watchpoint"
)

// listOptions are the flags of "wprun list".
type listOptions struct {
	scopeOptions
	all, json bool
}

const listHelp = `List the watchpoints in the order of the file: key, whether it is signalled, and
path. Twins are listed when they are there, or with --all.
` + scopeHelp

const listExample = `  wprun list
  wprun list --run 20261122-091530-4f2a --json`

func newList(s Streams) *cobra.Command {
	var o listOptions
	c := &cobra.Command{
		Use:               "list",
		Short:             "List the watchpoints: which are signalled, and where they are",
		Long:              listHelp,
		Example:           listExample,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return o.list(s) },
	}
	o.addFlags(c)
	c.Flags().BoolVarP(&o.all, "all", "a", false, "list the twins KEY.failed that are absent, too")
	c.Flags().BoolVar(&o.json, "json", false, "print a JSON array")
	return c
}

// listRow is one watchpoint. Path is "" as long as no run has made its base.
type listRow struct {
	Key     string `json:"key"`
	Present bool   `json:"present"`
	Path    string `json:"path,omitempty"`
}

func (o *listOptions) list(s Streams) error {
	scope, err := o.scope(s.Getenv)
	if err != nil {
		return err
	}
	rows := []listRow{}
	for _, key := range scope.keys {
		row, err := scope.row(key)
		if err != nil {
			fmt.Fprintln(s.Err, "wprun: warning:", err)
		}
		if row.Present || o.all || !strings.HasSuffix(key, graph.FailedSuffix) {
			rows = append(rows, row)
		}
	}
	if len(scope.places) < len(scope.keys) {
		fmt.Fprintf(s.Err, "wprun: keys without a path are in the directory of a run, and %v\n", scope.noRun)
	}
	if o.json {
		return writeJSON(s.Out, rows)
	}
	return writeRows(s.Out, rows)
}

// row returns what it knows beside an error.
func (s *scope) row(text string) (listRow, error) {
	if _, ok := s.places[text]; !ok {
		return listRow{Key: text}, nil
	}
	key := watchpoint.StringKey(text)
	path, err := s.handler.Path(key)
	if err != nil {
		return listRow{Key: text}, err
	}
	here, err := s.handler.Exists(key)
	return listRow{text, here && err == nil, path}, err
}

func writeRows(w io.Writer, rows []listRow) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "KEY\tPRESENT\tPATH")
	for _, r := range rows {
		present, path := "no", r.Path
		if r.Present {
			present = "yes"
		}
		if path == "" {
			path = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", r.Key, present, path)
	}
	return t.Flush()
}

// writeJSON prints a value for people and programs alike.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
