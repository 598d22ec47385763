package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// size says how much each row does.
type size struct {
	chain       int           // tasks of the chain, and of the independent ones
	depth, wide int           // of the layers
	load        int           // tasks of the file that is validated
	waiting     int           // gated processes
	settle      time.Duration // from the start of the gated processes to the first look at their CPU
	window      time.Duration // one look at it
	lines       int           // of output
	openings    int           // gates opened per row
}

func fullSize() size {
	return size{
		chain: 1000, depth: 20, wide: 50, load: 10_000, waiting: 1000,
		settle: 5 * time.Second, window: 10 * time.Second, lines: 2_000_000, openings: 100,
	}
}

// lab is what the rows are measured with.
type lab struct {
	size
	rounds   int
	dir      string // temporary; everything is below it
	self     string // this program
	wprun    string
	wprunErr error // why there is no wprun
	peers    []tool
	log      io.Writer // progress and errors
	errors   int
	subs     []string // the folders of sub, until clear
}

// fail reports that a column of a row could not be measured.
func (l *lab) fail(r *row, column string, err error) {
	r.failed[column] = true
	delete(r.values, column)
	l.errors++
	fmt.Fprintf(l.log, "cannot measure %s in %q: %v\n", column, r.name, err)
}

// failIf is fail for an error that may be nil.
func (l *lab) failIf(r *row, column string, err error) {
	if err != nil {
		l.fail(r, column, err)
	}
}

// sub makes a folder of its own below the lab's. It stays until all is measured: some
// file systems make directories slowly for minutes after many were removed, which
// would count against who makes some.
func (l *lab) sub(pattern string) (string, error) {
	dir, err := os.MkdirTemp(l.dir, pattern+"-")
	if err == nil {
		l.subs = append(l.subs, dir)
	}
	return dir, err
}

// clear removes the folders of sub.
func (l *lab) clear() {
	for _, dir := range l.subs {
		os.RemoveAll(dir)
	}
	l.subs = nil
}

// buildWprun builds the program under test, or takes the one that was given.
func (l *lab) buildWprun(ctx context.Context, given string) {
	if given != "" {
		l.wprun, l.wprunErr = filepath.Abs(given)
		if _, err := exec.LookPath(l.wprun); err != nil && l.wprunErr == nil {
			l.wprunErr = fmt.Errorf("cannot find wprun: %w", err)
		}
		return
	}
	l.wprun = filepath.Join(l.dir, "wprun")
	out, err := exec.CommandContext(ctx, "go", "build", "-o", l.wprun, "wprun/cmd/wprun").CombinedOutput()
	if err != nil {
		l.wprunErr = fmt.Errorf("cannot build wprun, run this inside the project or give -wprun PATH: %w%s",
			err, lastLines(string(out), 4))
	}
}

// contender is one column of a row.
type contender struct {
	column string
	// prove checks once, before the clock runs, that the contender does what
	// the row says; nil if run itself checks.
	prove func(context.Context) error
	// run measures once, in the row's unit.
	run func(context.Context) (float64, error)
}

// alternate lets the contenders take turns and puts the median of each into the
// row. A contender that fails once is out.
func (l *lab) alternate(ctx context.Context, r *row, contenders []contender) {
	samples := map[string][]float64{}
	attempt := func(c contender, f func() error) {
		if r.failed[c.column] || ctx.Err() != nil {
			return
		}
		if err := f(); err != nil && ctx.Err() == nil {
			l.fail(r, c.column, err)
		}
	}
	for _, c := range contenders {
		if c.prove != nil {
			attempt(c, func() error { return c.prove(ctx) })
		}
	}
	for range l.rounds {
		for _, c := range contenders {
			attempt(c, func() error {
				value, err := c.run(ctx)
				samples[c.column] = append(samples[c.column], value)
				return err
			})
		}
	}
	for _, c := range contenders {
		if !r.failed[c.column] {
			r.values[c.column] = median(samples[c.column])
		}
	}
}
