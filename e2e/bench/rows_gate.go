package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

func gateRows(gates int) []row {
	name := fmt.Sprintf("mkdir to start, %s gates, ", count(gates))
	if gates == 1 {
		name = "mkdir to start, 1 gate, "
	}
	return []row{
		newRow(name+"p50", "ms", beyond(colMachine, 0.5)),
		newRow(name+"p99", "ms", beyond(colMachine, 3)),
	}
}

// latencies are milliseconds from before a mkdir, or a bare start, to the first act
// of the program; and those that the mkdir itself took, which are in the first, too.
type latencies struct{ gate, mkdir, bare []float64 }

// put fills in the rows of the median and of the slowest in a hundred.
func (t latencies) put(rows []row) {
	for i, p := range []float64{50, 99} {
		rows[i].values[colWprun] = percentile(t.gate, p)
		rows[i].values[colMkdir] = percentile(t.mkdir, p)
		rows[i].values[colMachine] = percentile(t.bare, p)
	}
}

// measureGateOne opens the only gate of a fresh wprun, again and again.
func (l *lab) measureGateOne(ctx context.Context, rows []row) {
	l.measureGate(ctx, rows, func(s *stamps) (latencies, error) {
		var t latencies
		for range l.openings {
			if err := l.openOne(ctx, s, &t); err != nil {
				return t, err
			}
		}
		return t, nil
	})
}

// measureGateMany opens gates of one wprun, one after the other, while never
// less than l.gated others wait.
func (l *lab) measureGateMany(ctx context.Context, rows []row) {
	l.measureGate(ctx, rows, func(s *stamps) (latencies, error) { return l.openMany(ctx, s) })
}

// measureGate fills in what measure finds. If wprun fails, the machine's values
// are measured alone.
func (l *lab) measureGate(ctx context.Context, rows []row, measure func(*stamps) (latencies, error)) {
	s, err := newStamps(l.dir)
	if err != nil {
		l.fail(rows, colWprun, err)
		return
	}
	defer os.Remove(s.path)
	defer s.close()
	t, gateErr := measure(s)
	var bareErr error
	for len(t.bare) < l.openings && bareErr == nil {
		bareErr = l.startBare(ctx, s, &t)
	}
	t.put(rows)
	for column, err := range map[string]error{colWprun: gateErr, colMachine: bareErr} {
		if err != nil && ctx.Err() == nil {
			l.fail(rows, column, err)
		}
	}
}

// settled is how long the machine rests before each opening and bare start.
const settled = 10 * time.Millisecond

// openOne measures one bare start and one opening in a run of its own.
func (l *lab) openOne(ctx context.Context, s *stamps, t *latencies) error {
	if err := l.startBare(ctx, s, t); err != nil {
		return err
	}
	dir, err := l.sub("gate")
	if err != nil {
		return err
	}
	v, err := l.start(ctx, dir, gatesFile(1, l.stampOn(s)), s)
	if err != nil {
		return err
	}
	// The run has only just begun: let it come to rest as a long one is.
	if err := errors.Join(pause(ctx, 10*settled), open(ctx, dir, 0, v, s, t)); err != nil {
		v.stop()
		return errors.Join(err, v.failure())
	}
	return v.finish(20 * time.Second)
}

func (l *lab) openMany(ctx context.Context, s *stamps) (latencies, error) {
	var t latencies
	dir, err := l.sub("gates")
	if err != nil {
		return t, err
	}
	if err := l.startBare(ctx, s, &t); err != nil {
		return t, err
	}
	v, err := l.start(ctx, dir, gatesFile(l.gated+l.openings, l.stampOn(s)), s)
	if err != nil {
		return t, err
	}
	defer v.stop()
	if err := pause(ctx, l.settle); err != nil {
		return t, err
	}
	for i := range l.openings {
		if err := errors.Join(l.startBare(ctx, s, &t), open(ctx, dir, i, v, s, &t)); err != nil {
			return t, errors.Join(err, v.failure())
		}
	}
	return t, nil
}

func (l *lab) stampOn(s *stamps) func(name string) []string {
	return func(name string) []string { return stampArgv(l.self, s.path, name) }
}

// open makes the i-th watchpoint as any other program would, and waits for the
// first act of what waits on it.
func open(ctx context.Context, dir string, i int, v *live, s *stamps, t *latencies) error {
	if err := pause(ctx, settled); err != nil {
		return err
	}
	path := filepath.Join(dir, gatesBase, gateKey(i)+".watch")
	from := monotonic()
	if err := os.Mkdir(path, 0o700); err != nil {
		return fmt.Errorf("cannot make the watchpoint: %w", err)
	}
	made := monotonic()
	at, err := s.next(taskName(i), v.ended)
	if err != nil {
		return err
	}
	t.mkdir = append(t.mkdir, milliseconds(made-from))
	t.gate = append(t.gate, milliseconds(at-from))
	return nil
}

// startBare starts the same program with nothing in between.
func (l *lab) startBare(ctx context.Context, s *stamps, t *latencies) error {
	if err := pause(ctx, settled); err != nil {
		return err
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	argv, env := stampArgv(l.self, s.path, "bare"), childEnv()
	from := monotonic()
	if err := startAndReap(argv, env, null.Fd()); err != nil {
		return err
	}
	at, err := s.next("bare", nil)
	if err != nil {
		return err
	}
	t.bare = append(t.bare, milliseconds(at-from))
	return nil
}

func milliseconds(ns int64) float64 { return float64(ns) / 1e6 }
