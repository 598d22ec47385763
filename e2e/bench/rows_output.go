package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

func outputRows(s size) []row {
	return []row{newRow(
		fmt.Sprintf("%s MB of output, %s lines", count(s.lines*lineBytes/1e6), count(s.lines)), "s",
		times(1.2, colShell), times(0.1, colCompose),
		beside(colParallel), beside(colTask), beside(colMachine),
	)}
}

func crowdRows(s size) []row {
	return []row{newRow(
		fmt.Sprintf("%d x %s lines at once", s.crowd, count(s.each)), "s",
		times(1.5, colOne), beside(colParallel), beside(colTask), beside(colCompose), beside(colMachine),
	)}
}

// measureOutput times the way of many lines through prefix and log file to a
// pipe that is read to its end.
func (l *lab) measureOutput(ctx context.Context, rows []row) {
	l.withFiles(rows, 1, l.lines, func(f files) { l.alternate(ctx, l.printing(rows, f)) })
}

// measureCrowd times the same of many processes at once, and of wprun with the
// same bytes from one.
func (l *lab) measureCrowd(ctx context.Context, rows []row) {
	l.withFiles(rows, l.crowd, l.each, func(f files) {
		one := f.contender(l.printers()[0], rows, independent(1))
		one.column = colOne
		l.alternate(ctx, append(l.printing(rows, f), one))
	})
}

// files are what is written: as many files in dir as there are writers.
type files struct {
	dir   string
	paths []string
	each  int // lines of each
}

// withFiles makes files for as long as measure takes.
func (l *lab) withFiles(rows []row, writers, each int, measure func(files)) {
	dir, err := l.sub("output")
	f := files{dir: dir, each: each}
	for i := 0; i < writers && err == nil; i++ {
		f.paths = append(f.paths, filepath.Join(dir, fmt.Sprintf("lines-%d", i)))
		err = writeLines(f.paths[i], i, each)
	}
	if err != nil {
		l.fail(rows, colWprun, err)
		return
	}
	defer os.RemoveAll(dir)
	measure(f)
}

// printing is every printer with a task for each file, and one cat of all.
func (l *lab) printing(rows []row, f files) []contender {
	var contenders []contender
	w := independent(len(f.paths))
	for _, p := range l.printers() {
		if p.can(w) {
			contenders = append(contenders, f.contender(p, rows, w))
		}
	}
	return append(contenders, contender{column: colMachine, into: rows, run: func(ctx context.Context) (float64, error) {
		return drained(ctx, f.dir, append([]string{"cat"}, f.paths...), new(flow).read)
	}})
}

// contender is a printer with a task for each file, or one for all.
func (f files) contender(p printer, into []row, w workload) contender {
	dir, err := os.MkdirTemp(f.dir, "printer-")
	if err == nil {
		err = p.lay(dir, w, p.catting(w, f.paths))
	}
	if err == nil {
		err = p.missing
	}
	if err != nil {
		return broken(p.column, into, err)
	}
	return contender{
		column: p.column, into: into,
		prove: func(ctx context.Context) error {
			_, err := drained(ctx, dir, p.argv(len(w)), func(r io.Reader) error {
				return checkWhole(r, len(f.paths), f.each)
			})
			return err
		},
		run: func(ctx context.Context) (float64, error) {
			return p.print(ctx, dir, len(w), len(f.paths)*f.each)
		},
	}
}
