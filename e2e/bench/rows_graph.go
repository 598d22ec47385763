package main

import (
	"context"
	"path/filepath"
)

const (
	rowChain       = "1,000 tasks, a chain"
	rowIndependent = "1,000 tasks, independent"
	rowLayers      = "1,000 tasks, 20 layers of 50"
)

func (l *lab) measureChain(ctx context.Context) []row {
	return []row{l.measureGraph(ctx, rowChain, chain(l.chain), 1)}
}

func (l *lab) measureIndependent(ctx context.Context) []row {
	return []row{l.measureGraph(ctx, rowIndependent, independent(l.chain), 2)}
}

// measureLayers measures layers in which each task needs all of the layer
// before.
func (l *lab) measureLayers(ctx context.Context) []row {
	return []row{l.measureGraph(ctx, rowLayers, layers(l.depth, l.wide, l.wide), 2)}
}

// measureGraph times every tool with the same graph, and as many bare loops as
// the graph and -j2 allow.
func (l *lab) measureGraph(ctx context.Context, name string, w workload, loops int) row {
	r := newRow(name, "s")
	var contenders []contender
	for _, t := range l.graphTools() {
		dir, err := l.sub(t.column)
		if err == nil {
			err = t.lay(dir, w, nothing)
		}
		if err != nil {
			l.fail(&r, t.column, err)
			continue
		}
		contenders = append(contenders, contender{
			column: t.column,
			prove:  func(ctx context.Context) error { return l.proveGraph(ctx, t, w) },
			run:    func(ctx context.Context) (float64, error) { return t.run(ctx, dir) },
		})
	}
	l.alternate(ctx, &r, append(contenders, loopContender(colMachine, len(w), loops), loopContender(colPiped, len(w), loops)))
	return r
}

func loopContender(column string, n, loops int) contender {
	return contender{column: column, run: func(ctx context.Context) (float64, error) {
		return spawnLoops(ctx, n, loops, column == colPiped)
	}}
}

// proveGraph runs the same graph with commands that leave a trace, and checks
// that each task ran once and after all it needs.
func (l *lab) proveGraph(ctx context.Context, t tool, w workload) error {
	if t.missing != nil {
		return t.missing
	}
	dir, err := l.sub("prove")
	if err != nil {
		return err
	}
	tally := filepath.Join(dir, "tally")
	if err := t.lay(dir, w, tallying(tally)); err != nil {
		return err
	}
	if _, err := t.run(ctx, dir); err != nil {
		return err
	}
	return w.checkOrder(readText(tally))
}
