package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/graph"
	"wprun/internal/view"
)

// explainOptions are the flags and the argument of "wprun explain".
type explainOptions struct {
	file, name string
}

const explainHelp = `Say whether a task would run now, and why: what differs from when it last
succeeded. Then say how it is, or was, in the latest run of the file: what it
waits for, who signals that, and in what state they are; or how it ended and the
chain of causes. Nothing is started or written.

A task that may run, since one before it runs, counts as one that would; so does
one that would fail, as an input is not there that nobody will make. skip_if is
not run: it counts as if the task would, too.

EXIT STATUS
  0    it would be skipped, since it is up to date, or waits on a failure that
       will not happen
  1    it would run, may run, would fail or would be blocked
  2    there is no such process, or the file is wrong`

const explainExample = `  wprun explain build
  wprun explain build || wprun run build`

func newExplain(s Streams) *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:               "explain NAME",
		Short:             "Say why a process would run or not, and what it waits for",
		Long:              explainHelp,
		Example:           explainExample,
		Args:              oneProcess,
		ValidArgsFunction: completeProcesses,
		RunE: func(_ *cobra.Command, args []string) error {
			o.name = args[0]
			return o.explain(s)
		},
	}
	fileFlag(c.Flags(), &o.file)
	return c
}

func oneProcess(c *cobra.Command, args []string) error {
	switch len(args) {
	case 0:
		return fmt.Errorf("cannot explain nothing: %s NAME; \"wprun graph\" lists the processes", c.CommandPath())
	case 1:
		return nil
	default:
		return fmt.Errorf("cannot explain %d processes at once: %s NAME", len(args), c.CommandPath())
	}
}

func (o *explainOptions) explain(s Streams) error {
	cfg, err := loadConfig(o.file)
	if err != nil {
		return err
	}
	names, err := processesNamed(cfg, "explain", []string{o.name})
	if err != nil {
		return err
	}
	l, err := newLedger(cfg, &runOptions{})
	if err != nil {
		return err
	}
	runs := false
	l.foresee(context.Background(), cfg.Graph.Closure(cfg.Graph.Chosen(names)), func(i int, f foresight) {
		if slices.Contains(names, cfg.Processes[i].Name) {
			sayAhead(s.Out, cfg.Processes[i], f)
			runs = runs || f.mayRun() || f.fails()
		}
	})
	if err := explainPast(s.Out, cfg, names); err != nil {
		return err
	}
	if runs {
		return &exitError{code: codeNo}
	}
	return nil
}

// sayAhead gives each reason a line.
func sayAhead(w io.Writer, p config.Process, f foresight) {
	always := ""
	if p.Service {
		always = ": it is a service"
	}
	fmt.Fprintf(w, "%s %s%s\n", p.Name, f.outcome, always)
	for _, why := range f.why {
		fmt.Fprintf(w, "  %s\n", why)
	}
}

// explainPast tells of the latest run of the file, if there was one.
func explainPast(w io.Writer, cfg *config.Config, names []string) error {
	dir, err := runOf(cfg, "")
	if _, never := errors.AsType[*notRunError](err); never {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := readPast(dir)
	if err != nil {
		return err
	}
	for _, process := range p.plan.Processes {
		if !slices.Contains(names, process.Name) {
			continue
		}
		if len(names) > 1 {
			fmt.Fprint(w, process.Name, ": ")
		}
		p.explain(w, process, time.Now())
	}
	return nil
}

func (p *past) explain(w io.Writer, process planProcess, now time.Time) {
	when := "over"
	if p.live {
		when = "live"
	}
	line := fmt.Sprintf("in run %s (%s) it %s", p.dir.ID, when, p.phrase(process.Name))
	if took := p.took(process.Name, now); took > 0 {
		line += " after " + view.Duration(took)
	}
	if why := p.why(process); why != "" {
		line += ": " + why
	}
	fmt.Fprintln(w, line)
	if why := p.decided[process.Name]; why != "" {
		fmt.Fprintf(w, "  %s\n", why)
	}
	if p.state(process.Name) == engine.Waiting {
		for _, anyOf := range process.WaitsOn {
			p.explainGate(w, anyOf)
		}
	}
}

// explainGate tells of each key of an element of a gate whether it is there, and
// who can make it.
func (p *past) explainGate(w io.Writer, anyOf []string) {
	for n, key := range anyOf {
		word := "waits on"
		if n > 0 {
			word = "or on"
		}
		here := "is not there"
		if p.here[key] {
			here = "is there"
		}
		fmt.Fprintf(w, "  %s %q, which %s%s\n", word, key, here, p.signallers(key))
	}
}

func (p *past) signallers(key string) string {
	stem := strings.TrimSuffix(key, graph.FailedSuffix)
	var who []string
	for _, process := range p.plan.Processes {
		if slices.Contains(process.Signals, stem) {
			who = append(who, fmt.Sprintf("%s %s %s", process.Kind, process.Name, p.phrase(process.Name)))
		}
	}
	for _, point := range p.plan.Watchpoints {
		if point.Key == stem && point.External {
			who = append(who, "somebody outside signals it")
		}
	}
	if len(who) == 0 {
		return ""
	}
	return "; " + strings.Join(who, ", ")
}
