package main

import (
	"context"
)

const rowStart = "start-up, one task"

// starts is how many runs make one sample: one run takes some milliseconds.
const starts = 10

// measureStart times a run of one /bin/true, start and end of wprun's two
// processes included. The machine's value is /bin/true started twice.
func (l *lab) measureStart(ctx context.Context) []row {
	r := newRow(rowStart, "ms")
	dir, err := l.sub("start")
	if err != nil {
		l.fail(&r, colWprun, err)
		return []row{r}
	}
	t := l.graphTools()[0]
	if err := t.lay(dir, independent(1), nothing); err != nil {
		l.fail(&r, colWprun, err)
		return []row{r}
	}
	l.alternate(ctx, &r, []contender{
		{column: colWprun, run: func(ctx context.Context) (float64, error) {
			return meanOf(starts, func() (float64, error) { return t.run(ctx, dir) })
		}},
		{column: colMachine, run: func(ctx context.Context) (float64, error) {
			return meanOf(starts, func() (float64, error) { return spawnLoops(ctx, 2, 1, false) })
		}},
	})
	return []row{r}
}

// meanOf turns the seconds of n samples into milliseconds.
func meanOf(n int, sample func() (float64, error)) (float64, error) {
	sum := 0.0
	for range n {
		seconds, err := sample()
		if err != nil {
			return 0, err
		}
		sum += seconds
	}
	return 1000 * sum / float64(n), nil
}
