package main

import "context"

func startRows() []row {
	return []row{newRow(
		`run of one ["/bin/true"]`, "ms",
		limit{against: colShell, factor: 3, extra: 15},
		beside(colMake), beside(colNinja), beside(colParallel), beside(colTask), beside(colCompose),
	)}
}

// measureStart times a run of one /bin/true, start and end of wprun's two
// processes included. The machine's value is /bin/true started.
func (l *lab) measureStart(ctx context.Context, rows []row) {
	w := independent(1)
	var contenders []contender
	for _, t := range append([]tool{l.tool()}, l.peers...) {
		if t.column == colShell {
			continue // a line, not a script
		}
		contenders = append(contenders, l.graphContender(t, rows, w, nothing))
	}
	dir, err := l.sub("start")
	if err != nil {
		l.fail(rows, colShell, err)
	}
	command := func(column string, argv ...string) contender {
		return contender{column: column, into: rows, run: func(ctx context.Context) (float64, error) {
			return timed(ctx, dir, argv)
		}}
	}
	contenders = append(contenders, command(colShell, "sh", "-c", "/bin/true"), command(colMachine, "/bin/true"))
	for i := range contenders {
		contenders[i].run = meanOf(l.starts, contenders[i].run)
	}
	l.alternate(ctx, contenders)
}
