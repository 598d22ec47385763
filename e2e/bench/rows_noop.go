package main

import (
	"context"
	"fmt"
)

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
	l.alternate(ctx, l.fileWork(l.load, nothingToDo, func(t tool, dir string, err error) []contender {
		t.litter = nil // the records are in it
		if err != nil {
			return []contender{broken(t.column, rows[:1], err)}
		}
		all := []contender{{
			column: t.column, into: rows[:1],
			prove: func(ctx context.Context) error { return thrice(ctx, t, dir) },
			run:   func(ctx context.Context) (float64, error) { return t.run(ctx, dir) },
		}}
		if t.column == colWprun {
			all = append(all, contender{
				column: t.column, into: rows[1:],
				prove: func(context.Context) error { return t.missing },
				run:   func(ctx context.Context) (float64, error) { return l.peak(ctx, dir, t.argv(2)) },
			})
		}
		return all
	}))
}

func thrice(ctx context.Context, t tool, dir string) error {
	for range 3 {
		if _, err := t.run(ctx, dir); err != nil {
			return err
		}
	}
	return nil
}
