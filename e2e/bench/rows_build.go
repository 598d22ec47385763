package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

func buildRows(s size) []row {
	name := fmt.Sprintf("%s files made of %s inputs", count(s.tasks[0]), count(s.tasks[0]*inputsEach))
	return []row{newRow(name, "s", beside(colMake), beside(colNinja))}
}

// measureBuild times a run in which no output is there and no tool has a record. Each
// run is checked.
func (l *lab) measureBuild(ctx context.Context, rows []row) {
	n := l.tasks[0]
	l.alternate(ctx, l.fileWork(n, copying, func(t tool, dir string, err error) []contender {
		if err != nil {
			return []contender{broken(t.column, rows, err)}
		}
		return []contender{{column: t.column, into: rows, run: func(ctx context.Context) (float64, error) {
			if err := errors.Join(putAside(dir, []string{"o"}), os.Mkdir(filepath.Join(dir, "o"), 0o700)); err != nil {
				return 0, err
			}
			took, err := t.run(ctx, dir)
			return took, errors.Join(err, made(dir, n))
		}}}
	}))
}

// made says that every copy is there.
func made(dir string, n int) error {
	for i := range n {
		text, err := os.ReadFile(filepath.Join(dir, outputOf(i)))
		if err != nil {
			return fmt.Errorf("cannot read a copy: %w", err)
		}
		if want := inputsOf(i)[0]; string(text) != want {
			return fmt.Errorf("cannot use %q: it has %q, and should have %q", outputOf(i), text, want)
		}
	}
	return nil
}
