package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/rundir"
	"wprun/internal/view"
)

// statusOptions are the flags of "wprun status".
type statusOptions struct {
	file, run string
	json      bool
}

const statusHelp = `Show how the processes of a run are: the run of this command, or else the latest
of this project or file, live or over. It is read from the run's directory alone; nothing
is written there, and the run does not notice.

A process that no target of the run needs is left out: it is not part of that run.
The state of a process in a run that was killed is the one that it had then.`

const statusExample = `  wprun status
  wprun status --run 20261122-091530-4f2a --json`

func newStatus(s Streams) *cobra.Command {
	var o statusOptions
	c := &cobra.Command{
		Use:               "status",
		Short:             "Show how the processes of a run are, live or over",
		Long:              statusHelp,
		Example:           statusExample,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE:              func(*cobra.Command, []string) error { return o.show(s) },
	}
	c.Flags().StringVarP(&o.file, "file", "f", "", "the file whose run it is (default: any of this project)")
	c.Flags().StringVar(&o.run, "run", "", "the run, by its ID or directory (default: the run of this command, or else the latest)")
	c.Flags().BoolVar(&o.json, "json", false, "print a JSON object")
	return c
}

// status is what --json prints.
type status struct {
	Run       string      `json:"run"`
	File      string      `json:"file"`
	Live      bool        `json:"live"`
	Pid       int         `json:"pid"`
	Host      string      `json:"host"`
	Started   time.Time   `json:"started"`
	Code      *int        `json:"code,omitempty"`
	Why       string      `json:"why,omitempty"` // it was stopped, if it was
	Processes []statusRow `json:"processes"`
}

type statusRow struct {
	Name    string       `json:"name"`
	Kind    string       `json:"kind"`
	State   engine.State `json:"state"`
	Pid     int          `json:"pid,omitempty"`
	Seconds float64      `json:"seconds,omitempty"`
	Code    *int         `json:"code,omitempty"`
	Why     string       `json:"why,omitempty"`
	Allowed bool         `json:"allowed,omitempty"`
}

func (o *statusOptions) show(s Streams) error {
	dir, err := o.find(s.Getenv)
	if err != nil {
		return err
	}
	p, err := readPast(dir)
	if err != nil {
		return err
	}
	now := time.Now()
	if o.json {
		return writeJSON(s.Out, newStatusOf(p, now))
	}
	fmt.Fprintf(s.Out, "run %s of %s %s\n\n", dir.ID, p.info.File, p.how(now))
	return writeStatus(s.Out, p.rows(now))
}

func newStatusOf(p *past, now time.Time) status {
	st := status{
		Run: p.dir.ID, File: p.info.File, Live: p.live, Pid: p.info.Pid, Host: p.info.Host,
		Started: p.info.Started, Processes: p.rows(now),
	}
	if p.finished != nil {
		st.Code, st.Why = p.finished.Code, p.finished.Why
	}
	return st
}

// rows are in the order of the file.
func (p *past) rows(now time.Time) []statusRow {
	rows := []statusRow{}
	for _, process := range p.plan.Processes {
		last := p.last[process.Name]
		row := statusRow{
			Name: process.Name, Kind: process.Kind, State: p.state(process.Name),
			Seconds: p.took(process.Name, now).Seconds(), Code: last.Code, Why: p.why(process), Allowed: last.Allowed,
		}
		if row.State == leftOut {
			row.Why = p.phrase(row.Name)
		}
		if alive := p.live && !last.State.Final() && last.State != engine.BackingOff; alive {
			row.Pid = p.pids[process.Name]
		}
		rows = append(rows, row)
	}
	return rows
}

func writeStatus(w io.Writer, rows []statusRow) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSTATE\tTIME\tPID\tCODE\tWHY")
	for _, r := range rows {
		took, pid, code, why := "-", "-", "-", r.Why
		if r.Seconds > 0 {
			took = view.Duration(time.Duration(r.Seconds * float64(time.Second)))
		}
		if r.Pid > 0 {
			pid = fmt.Sprint(r.Pid)
		}
		if r.Code != nil {
			code = fmt.Sprint(*r.Code)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.State, took, pid, code, why)
	}
	return t.Flush()
}

// find finds the named run, or that of this command, or the latest of the project
// or file.
func (o *statusOptions) find(getenv func(string) string) (rundir.Dir, error) {
	inside := getenv("WPRUN_RUN_DIR")
	switch {
	case o.run != "" && o.file != "":
		return rundir.Dir{}, errors.New("cannot look at a run and at a file at once: use --run or --file")
	case o.run != "":
		return namedRun(o.run)
	case o.file != "":
		// What is in the file does not matter: it may have been changed since.
		file, err := filepath.Abs(o.file)
		if err != nil {
			return rundir.Dir{}, fmt.Errorf("cannot find the working directory: %w", err)
		}
		return runOf(&config.Config{File: file, Dir: filepath.Dir(file)}, inside)
	case inside != "":
		return rundir.Open(inside)
	}
	project, err := rundir.FindProject(".")
	if err != nil {
		return rundir.Dir{}, err
	}
	latest, err := rundir.Latest(project)
	if err != nil {
		return rundir.Dir{}, err
	}
	return rundir.Open(latest)
}
