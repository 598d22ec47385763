package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// shape is a kind of graph.
type shape struct {
	name  string // of the group
	words string // of the row
	loops int    // as many bare loops as the graph and -j2 allow
	make  func(n int) workload
}

func shapes(wide int) []shape {
	return []shape{
		{"chain", "a chain", 1, chain},
		{"independent", "independent", 2, independent},
		{"layers", fmt.Sprintf("layers of %d", wide), 2, func(n int) workload { return layers(n/wide, wide, wide) }},
	}
}

// graphGroups are two rows for each shape and number of tasks: the commands as
// lists and as lines. What is not wprun runs the same in both.
func graphGroups(s size) []group {
	var list []group
	for _, n := range s.tasks {
		for _, sh := range shapes(s.wide) {
			list = append(list, group{
				name: fmt.Sprintf("%s-%d", sh.name, n),
				rows: []row{graphRow(n, `["/bin/true"]`, sh), graphRow(n, `"/bin/true"`, sh)},
				measure: func(l *lab, ctx context.Context, rows []row) {
					l.measureGraph(ctx, rows, sh.make(n), sh.loops)
				},
			})
		}
	}
	return list
}

func graphRow(n int, command string, sh shape) row {
	return newRow(
		fmt.Sprintf("%s x %s, %s", count(n), command, sh.words), "s",
		times(1.1, colPiped), times(1.15, colMake), times(0.6, colNinja),
		beside(colParallel), beside(colTask), beside(colCompose), beside(colShell), beside(colMachine),
	)
}

// measureGraph times every tool with the same graph, and bare loops.
func (l *lab) measureGraph(ctx context.Context, rows []row, w workload, loops int) {
	lists, lines := rows[:1], rows[1:]
	contenders := []contender{l.graphContender(l.tool(), lists, w, nothing), l.graphContender(l.tool(), lines, w, nothingLine)}
	for _, t := range l.peers {
		if t.can(w) {
			contenders = append(contenders, l.graphContender(t, rows, w, nothing))
		}
	}
	l.alternate(ctx, append(contenders, l.loopContenders(rows, len(w), loops)...))
}

// graphContender is a tool that runs a workload.
func (l *lab) graphContender(t tool, into []row, w workload, r recipe) contender {
	dir, err := l.sub(t.column)
	if err == nil {
		err = t.lay(dir, w, r)
	}
	if err != nil {
		return broken(t.column, into, err)
	}
	return contender{
		column: t.column,
		into:   into,
		prove:  func(ctx context.Context) error { return l.proveGraph(ctx, t, w, r.list) },
		run:    func(ctx context.Context) (float64, error) { return t.run(ctx, dir) },
	}
}

// proveGraph runs the same graph with commands that leave a trace, and checks
// that each task ran once and after all it needs.
func (l *lab) proveGraph(ctx context.Context, t tool, w workload, list bool) error {
	if t.missing != nil {
		return t.missing
	}
	dir, err := l.sub("prove")
	if err != nil {
		return err
	}
	tally := filepath.Join(dir, "tally")
	if err := t.lay(dir, w, tallying(tally, list)); err != nil {
		return err
	}
	if _, err := t.run(ctx, dir); err != nil {
		return err
	}
	return w.checkOrder(readText(tally))
}
