package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/graph"
	"wprun/internal/watchpoint"
)

const graphHelp = `Draw what waits on what. With targets: only those and all they need.

  text     by level: the number of processes that must have been before
  dot      for Graphviz: boxes are tasks, ellipses services, folders watchpoints
  mermaid  a flowchart for Markdown pages: boxes, rounded boxes, hexagons
  json     the plan of a run, with levels and critical path

The drawings show a watchpoint by itself only where it is not simply the name of
the process that signals it. A dashed arrow stands for KEY.failed; of the arrows
"any 1" to a process one is enough.`

const graphExample = `  wprun graph
  wprun graph --format dot test | dot -Tsvg > test.svg`

// graphFormats are the values of --format.
var graphFormats = []string{"text", "dot", "mermaid", "json"}

// graphOptions are the flags and arguments of "wprun graph".
type graphOptions struct {
	file    string
	format  string
	targets []string
}

func newGraph(s Streams) *cobra.Command {
	var o graphOptions
	c := &cobra.Command{
		Use:               "graph [TARGET...]",
		Short:             "Draw what waits on what",
		Long:              graphHelp,
		Example:           graphExample,
		ValidArgsFunction: completeProcesses,
		RunE: func(_ *cobra.Command, args []string) error {
			o.targets = args
			return o.draw(s)
		},
	}
	fileFlag(c.Flags(), &o.file)
	c.Flags().StringVar(&o.format, "format", "text", strings.Join(graphFormats, ", "))
	mustComplete(c, "format", cobra.FixedCompletions(graphFormats, cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (o *graphOptions) draw(s Streams) error {
	if !slices.Contains(graphFormats, o.format) {
		return fmt.Errorf("cannot draw a graph as %q: use %s", o.format, strings.Join(graphFormats, ", "))
	}
	cfg, err := loadConfig(o.file)
	if err != nil {
		return err
	}
	if cfg, err = onlyNeeded(cfg, o.targets); err != nil {
		return err
	}
	switch o.format {
	case "dot":
		fmt.Fprint(s.Out, cfg.Graph.Dot())
	case "mermaid":
		fmt.Fprint(s.Out, cfg.Graph.Mermaid())
	case "json":
		return writeJSON(s.Out, newDrawing(cfg, o.targets))
	default:
		fmt.Fprint(s.Out, cfg.Graph.Text())
	}
	return nil
}

// onlyNeeded is the configuration of some targets and all they need; of
// everything if there are none.
func onlyNeeded(cfg *config.Config, targets []string) (*config.Config, error) {
	if len(targets) == 0 {
		return cfg, nil
	}
	targets, err := processesNamed(cfg, "draw", targets)
	if err != nil {
		return nil, err
	}
	part := *cfg
	part.Graph = cfg.Graph.Part(cfg.Graph.Chosen(targets))
	part.Processes = slices.DeleteFunc(slices.Clone(cfg.Processes), func(p config.Process) bool {
		_, needed := part.Graph.Process(p.Name)
		return !needed
	})
	part.Watchpoints = slices.DeleteFunc(slices.Clone(cfg.Watchpoints), func(w watchpoint.Watchpoint) bool {
		_, needed := part.Graph.Point(w.Key.String())
		return !needed
	})
	return &part, nil
}

// drawing is a plan for programs that draw. The path of a watchpoint in a run's
// own directory is not known before the run, and "".
type drawing struct {
	plan
	Levels       [][]string `json:"levels"`
	CriticalPath []string   `json:"critical_path"`
}

func newDrawing(cfg *config.Config, targets []string) drawing {
	d := drawing{plan: newPlan(cfg, targets, placesOf(cfg)), Levels: [][]string{}}
	name := func(some []int) []string {
		names := []string{}
		for _, i := range some {
			names = append(names, cfg.Processes[i].Name)
		}
		return names
	}
	for _, level := range cfg.Graph.Levels() {
		d.Levels = append(d.Levels, name(level))
	}
	d.CriticalPath = name(cfg.Graph.CriticalPath())
	return d
}

// placesOf finds the paths of the keys that the file gives a base.
func placesOf(cfg *config.Config) func(key string) string {
	paths := map[string]string{}
	for _, w := range cfg.Watchpoints {
		if w.Base == "" {
			continue
		}
		failed := w.Twin()
		path := filepath.Join(w.Base, strings.TrimSuffix(failed.Name, graph.FailedSuffix))
		paths[w.Key.String()] = path + watchpoint.Suffix
		paths[failed.Key.String()] = path + graph.FailedSuffix + watchpoint.Suffix
	}
	return func(key string) string { return paths[key] }
}
