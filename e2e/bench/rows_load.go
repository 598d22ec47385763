package main

import (
	"context"
)

const rowLoad = "load and check 10,000 tasks"

// measureLoad times `wprun validate` of a file of 100 layers in which each task
// needs three of the layer before. The machine's value is one bare start.
func (l *lab) measureLoad(ctx context.Context) []row {
	r := newRow(rowLoad, "s")
	dir, err := l.sub("load")
	if err != nil {
		l.fail(&r, colWprun, err)
		return []row{r}
	}
	t := l.graphTools()[0]
	t.args = []string{"validate", "-f", t.file}
	if err := t.lay(dir, layers(100, l.load/100, 3), nothing); err != nil {
		l.fail(&r, colWprun, err)
		return []row{r}
	}
	l.alternate(ctx, &r, []contender{
		{column: colWprun, run: func(ctx context.Context) (float64, error) { return t.run(ctx, dir) }},
		loopContender(colMachine, 1, 1),
	})
	return []row{r}
}
