package main

import (
	"context"
	"fmt"
)

func loadRows(s size) []row {
	return []row{newRow(fmt.Sprintf("load and check %s tasks", count(s.load)), "s", under(0.5))}
}

func largeLoadRows(s size) []row {
	name := fmt.Sprintf("load and check %s tasks, %s edges", count((s.loadDeep-1)*100), count((s.loadDeep-1)*1000))
	return []row{newRow(name, "s", atMost(2)), newRow(name+", memory", "MB", atMost(500))}
}

// measureLoad loads 100 layers in which each task needs three of the layer before.
func (l *lab) measureLoad(ctx context.Context, rows []row) {
	l.measureValidate(ctx, rows, nil, layers(100, l.load/100, 3))
}

// measureLargeLoad loads layers of 100 in which each task needs ten of the layer
// before. The first layer needs nothing, and is not counted.
func (l *lab) measureLargeLoad(ctx context.Context, rows []row) {
	l.measureValidate(ctx, rows[:1], rows[1:], layers(l.loadDeep, 100, 10))
}

// measureValidate times `wprun validate` of a workload, make and ninja that only
// say what they would do, and one bare start.
func (l *lab) measureValidate(ctx context.Context, rows, memory []row, w workload) {
	var contenders []contender
	add := func(t tool, into []row, run func(ctx context.Context, dir string, argv []string) (float64, error), args ...string) {
		dir, err := l.sub("load")
		if err == nil {
			err = t.lay(dir, w, nothing)
		}
		if err == nil {
			err = t.missing
		}
		if err != nil {
			contenders = append(contenders, broken(t.column, into, err))
			return
		}
		argv := append([]string{t.path}, args...)
		contenders = append(contenders, contender{
			column: t.column, into: into,
			run: func(ctx context.Context) (float64, error) { return run(ctx, dir, argv) },
		})
	}
	add(l.tool(), rows, timed, "validate", "-f", "wprun.toml")
	if memory != nil {
		add(l.tool(), memory, l.peak, "validate", "-f", "wprun.toml")
	}
	for _, t := range l.peers {
		if t.column == colMake || t.column == colNinja {
			add(t, rows, timed, "-n", "-f", t.file)
		}
	}
	l.alternate(ctx, append(contenders, l.loopContenders(rows, 1, 1)[0]))
}
