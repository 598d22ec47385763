// Command bench measures wprun beside make, ninja, GNU parallel, go-task,
// process-compose, a shell line and the bare machine, whichever are there, and
// prints a table with the limits it must keep.
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
	"slices"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		if mode := modes()[os.Args[1]]; mode != nil {
			os.Exit(mode(os.Args[2:]))
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// modes are what this program can be instead, by its first argument.
func modes() map[string]func(args []string) int {
	return map[string]func([]string) int{stampMode: stampMain, loopMode: loopMain, peakMode: peakMain}
}

// options are the flags.
type options struct {
	rounds   int
	rows     *regexp.Regexp
	wprun    string
	check    bool
	markdown bool
	quick    bool
}

// leastRounds is how many make a median that -check may judge.
const leastRounds = 5

func parseOptions(args []string, stderr io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(stderr)
	fs.IntVar(&o.rounds, "rounds", 0, "`N` alternating rounds per row (default 5, with -quick 3)")
	rows := fs.String("rows", "", "measure only the rows whose short name matches `REGEXP`: "+groupNames(fullSize()))
	fs.StringVar(&o.wprun, "wprun", "", "measure this wprun `PATH` instead of building one")
	fs.BoolVar(&o.check, "check", false, "exit 1 if a limit is exceeded or cannot be judged")
	fs.BoolVar(&o.markdown, "markdown", false, "print Markdown, as kept in RESULTS.md")
	fs.BoolVar(&o.quick, "quick", false, "small sizes, in less than a minute: a report, no measurement")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("cannot use the argument %q: there are only flags", fs.Arg(0))
	}
	var err error
	if o.rows, err = regexp.Compile(*rows); err != nil {
		return o, fmt.Errorf("cannot use -rows %q: %w", *rows, err)
	}
	if !slices.ContainsFunc(groups(o.size()), func(g group) bool { return o.rows.MatchString(g.name) }) {
		return o, fmt.Errorf("cannot use -rows %q: it matches none of %s", *rows, groupNames(o.size()))
	}
	return o, o.settleRounds(isSet(fs, "rounds"))
}

func isSet(fs *flag.FlagSet, name string) bool {
	set := false
	fs.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	return set
}

// settleRounds chooses the number of rounds, or checks the one that was given.
func (o *options) settleRounds(given bool) error {
	switch {
	case !given && o.quick:
		o.rounds = 3
	case !given:
		o.rounds = leastRounds
	case o.rounds < 1:
		return errors.New("cannot measure with -rounds below 1")
	case o.check && !o.quick && o.rounds < leastRounds:
		return fmt.Errorf("cannot check with -rounds below %d: that is no median to judge by; give -quick for a look", leastRounds)
	}
	return nil
}

func (o options) size() size {
	if o.quick {
		return quickSize()
	}
	return fullSize()
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
	l := &lab{size: o.size(), rounds: o.rounds, log: stderr}
	if err := l.open(ctx, o.wprun); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	defer os.RemoveAll(l.dir)
	rep := report{facts: l.facts(), size: l.size, quick: o.quick, rounds: o.rounds, rows: l.measure(ctx, o.rows)}
	text := rep.plain()
	if o.markdown {
		text = rep.markdown()
	}
	if _, err := io.WriteString(stdout, text); err != nil {
		fmt.Fprintln(stderr, "cannot print the results:", err)
		return 1
	}
	code := l.exitCode(o.check, rep.rows)
	if ctx.Err() != nil {
		fmt.Fprintln(stderr, "cannot finish: interrupted; what is above was measured before")
		return 130
	}
	return code
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
