// Command bench measures wprun beside make, ninja, process-compose, a shell
// line and the bare machine, and prints a table with the limits it must keep.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"syscall"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == stampMode {
		os.Exit(stampMain(monotonic(), os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// options are the flags.
type options struct {
	rounds   int
	rows     *regexp.Regexp
	wprun    string
	check    bool
	markdown bool
}

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&o.rounds, "rounds", 5, "`N` alternating rounds per row")
	rows := fs.String("rows", "", "measure only the rows whose short name matches `REGEXP`: "+groupNames())
	fs.StringVar(&o.wprun, "wprun", "", "measure this wprun `PATH` instead of building one")
	fs.BoolVar(&o.check, "check", false, "exit 1 if a limit is exceeded or cannot be judged")
	fs.BoolVar(&o.markdown, "markdown", false, "print Markdown, as kept in RESULTS.md")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if o.rounds < 1 {
		return o, errors.New("cannot measure with -rounds below 1")
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("cannot use the argument %q: there are only flags", fs.Arg(0))
	}
	var err error
	if o.rows, err = regexp.Compile(*rows); err != nil {
		return o, fmt.Errorf("cannot use -rows %q: %w", *rows, err)
	}
	return o, nil
}

// group is what is measured together; its name is what -rows matches.
type group struct {
	name    string
	measure func(*lab, context.Context) []row
}

func groups() []group {
	return []group{
		{"chain", (*lab).measureChain},
		{"independent", (*lab).measureIndependent},
		{"layers", (*lab).measureLayers},
		{"start", (*lab).measureStart},
		{"load", (*lab).measureLoad},
		{"noop", (*lab).measureNoop},
		{"idle", (*lab).measureIdle},
		{"output", (*lab).measureOutput},
		{"gate-one", (*lab).measureGateOne},
		{"gate-many", (*lab).measureGateMany},
	}
}

func groupNames() string {
	text := ""
	for i, g := range groups() {
		if i > 0 {
			text += ", "
		}
		text += g.name
	}
	return text
}

// run is the program; it returns the exit code: 1 if something could not be
// measured or -check found a limit exceeded, 2 for wrong flags.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	l := &lab{size: fullSize(), rounds: o.rounds, log: stderr}
	if err := l.open(ctx, o.wprun); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	defer os.RemoveAll(l.dir)
	rep := report{facts: l.facts(), rounds: o.rounds, rows: l.measure(ctx, o.rows)}
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "cannot finish: interrupted")
		return 130
	}
	text := rep.plain()
	if o.markdown {
		text = rep.markdown()
	}
	if _, err := io.WriteString(stdout, text); err != nil {
		fmt.Fprintln(stderr, "cannot print the results:", err)
		return 1
	}
	return l.exitCode(o.check, rep.rows)
}

// open makes the lab's folder and finds the programs.
func (l *lab) open(ctx context.Context, wprun string) error {
	var err error
	if l.self, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	if l.dir, err = os.MkdirTemp("", "wprun-bench-"); err != nil {
		return fmt.Errorf("cannot make a temporary folder: %w", err)
	}
	l.buildWprun(ctx, wprun)
	var notes []string
	l.peers, notes = findPeers()
	for _, note := range notes {
		fmt.Fprintln(l.log, note)
	}
	return nil
}

// facts lists what the numbers depend on.
func (l *lab) facts() []string {
	facts := describeMachine(runtime.NumCPU(), runtime.Version())
	if l.wprunErr == nil {
		facts = append(facts, "wprun: "+versionOf(l.wprun, colWprun))
	}
	for _, t := range l.peers {
		facts = append(facts, t.column+": "+t.version)
	}
	return facts
}

func (l *lab) measure(ctx context.Context, only *regexp.Regexp) []row {
	defer l.clear()
	var rows []row
	for _, g := range groups() {
		if ctx.Err() != nil || !only.MatchString(g.name) {
			continue
		}
		fmt.Fprintf(l.log, "measuring %s ...\n", g.name)
		rows = append(rows, g.measure(l, ctx)...)
	}
	return rows
}

func (l *lab) exitCode(check bool, rows []row) int {
	code := 0
	if l.errors > 0 {
		code = 1
	}
	if !check {
		return code
	}
	for _, text := range exceeded(rows) {
		fmt.Fprintln(l.log, text)
		code = 1
	}
	return code
}
