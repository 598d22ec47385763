package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// inputsEach is how many files of its own each task reads.
const inputsEach = 5

func noopRows(s size) []row {
	name := fmt.Sprintf("%s tasks, %s inputs, all up to date", count(s.load), count(s.load*inputsEach))
	return []row{
		newRow(name, "s", under(1), beside(colMake), beside(colNinja)),
		newRow(name+", memory", "MB", under(150)),
	}
}

// measureNoop times a run in which nothing has to be done. Before it everything
// is done once, and once more, since what is as young as its record is looked at
// a second time.
func (l *lab) measureNoop(ctx context.Context, rows []row) {
	var contenders []contender
	for _, t := range append([]tool{l.tool()}, l.peers...) {
		render := noopFile[t.column]
		if render == nil {
			continue
		}
		t.litter = nil // the records are in it
		dir, err := l.sub(t.column)
		if err == nil {
			err = layNoop(dir, t.file, l.load, render)
		}
		if err != nil {
			contenders = append(contenders, broken(t.column, rows[:1], err))
			continue
		}
		contenders = append(contenders, contender{
			column: t.column, into: rows[:1],
			prove: func(ctx context.Context) error { return thrice(ctx, t, dir) },
			run:   func(ctx context.Context) (float64, error) { return t.run(ctx, dir) },
		})
		if t.column == colWprun {
			contenders = append(contenders, contender{
				column: t.column, into: rows[1:],
				prove: func(context.Context) error { return t.missing },
				run:   func(ctx context.Context) (float64, error) { return l.peak(ctx, dir, t.argv(2)) },
			})
		}
	}
	l.alternate(ctx, contenders)
}

func thrice(ctx context.Context, t tool, dir string) error {
	for range 3 {
		if _, err := t.run(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}

// noopFile renders n tasks of which task i makes "o/I" of "i/I-0" and so on; it is
// there, and the command does nothing.
var noopFile = map[string]func(n int) string{
	colWprun: func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[task.%s]\ncommand = [\"/bin/true\"]\ninputs = %s\noutputs = \"o/%d\"\n", taskName(i), quotedList(noopInputs(i)), i)
		}
		return b.String()
	},
	colNinja: func(n int) string {
		var b strings.Builder
		b.WriteString("rule run\n  command = true\n")
		for i := range n {
			fmt.Fprintf(&b, "build o/%d: run %s\n", i, strings.Join(noopInputs(i), " "))
		}
		return b.String()
	},
	colMake: func(n int) string {
		var b, all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, " o/%d", i)
			fmt.Fprintf(&b, "o/%d: %s\n\t@true\n", i, strings.Join(noopInputs(i), " "))
		}
		return "all:" + all.String() + "\n" + b.String()
	},
}

func noopInputs(i int) []string {
	var names []string
	for n := range inputsEach {
		names = append(names, fmt.Sprintf("i/%d-%d", i, n))
	}
	return names
}

func layNoop(dir, file string, n int, render func(n int) string) error {
	for _, sub := range []string{"i", "o"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	for i := range n {
		for _, name := range append(noopInputs(i), fmt.Sprintf("o/%d", i)) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, file), []byte(render(n)), 0o600)
}
