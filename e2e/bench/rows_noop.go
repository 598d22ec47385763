package main

import (
	"context"
	"fmt"
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
		render := fileOf[t.column]
		if render == nil {
			continue
		}
		t.litter = nil // the records are in it
		dir, err := l.sub(t.column)
		if err == nil {
			err = layFiles(dir, t.file, l.load, render(l.load, nothingToDo))
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
