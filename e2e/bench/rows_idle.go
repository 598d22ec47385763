package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

func idleRows(s size) []row {
	name := fmt.Sprintf("idle: %s gated, %s ready services, ", count(s.gated), count(s.services))
	return []row{
		newRow(name+"CPU", "% of a core", atMost(0.1)),
		newRow(name+"memory (Pss)", "MB", atMost(40)),
		newRow(name+"memory (Rss)", "MB"),
	}
}

// measureIdle looks at a wprun whose tasks all wait on a watchpoint that nobody
// makes and whose services are ready, and at one with a task and a service.
func (l *lab) measureIdle(ctx context.Context, rows []row) {
	l.watchIdle(ctx, rows, colWprun, idleFileOf(l.gated, l.services))
	l.watchIdle(ctx, rows, colOne, idleFileOf(1, 1))
}

func idleFileOf(gated, services int) func(ready []string) string {
	return func(ready []string) string { return idleFile(gated, services, ready) }
}

// watchIdle fills in a column: the medians of so many windows.
func (l *lab) watchIdle(ctx context.Context, rows []row, column string, file func(ready []string) string) {
	looks, err := l.lookAtIdle(ctx, file)
	if err != nil {
		l.fail(rows, column, err)
		return
	}
	for i, of := range []func(look) float64{
		func(k look) float64 { return k.cpu },
		func(k look) float64 { return k.pss },
		func(k look) float64 { return k.rss },
	} {
		var values []float64
		for _, k := range looks {
			values = append(values, of(k))
		}
		rows[i].values[column] = median(values)
	}
}

// look is what front and supervisor take together: CPU in percent of a core over
// a window, and memory in MB at its end.
type look struct{ cpu, pss, rss float64 }

func (l *lab) lookAtIdle(ctx context.Context, file func(ready []string) string) ([]look, error) {
	dir, err := l.sub("idle")
	if err != nil {
		return nil, err
	}
	s, err := newStamps(dir)
	if err != nil {
		return nil, err
	}
	defer s.close()
	v, err := l.start(ctx, dir, file(stampArgv(l.self, s.path, "ready")), s)
	if err != nil {
		return nil, err
	}
	defer v.stop()
	if err := pause(ctx, l.settle); err != nil {
		return nil, err
	}
	var looks []look
	for range l.rounds {
		k, err := lookAt(ctx, v.cmd.Process.Pid, l.window)
		if err == nil && isClosed(v.ended) {
			err = errors.New("cannot measure the waiting: wprun ended")
		}
		if err != nil {
			return nil, errors.Join(err, v.failure())
		}
		looks = append(looks, k)
	}
	return looks, nil
}

// lookAt measures a wprun for a window.
func lookAt(ctx context.Context, root int, window time.Duration) (look, error) {
	pids := sameProgram(root)
	if len(pids) == 0 {
		return look{}, errors.New("cannot read the processes of wprun from /proc")
	}
	before, err := usedBy(pids)
	if err != nil {
		return look{}, err
	}
	start := time.Now()
	if err := pause(ctx, window); err != nil {
		return look{}, err
	}
	after, err := usedBy(pids)
	seconds := time.Since(start).Seconds()
	pss, pssErr := memory(pids, "Pss")
	rss, rssErr := memory(pids, "Rss")
	return look{cpu: 100 * (after - before).Seconds() / seconds, pss: pss, rss: rss}, errors.Join(err, pssErr, rssErr)
}

// usedBy is the CPU time of some processes.
func usedBy(pids []int) (time.Duration, error) {
	var sum time.Duration
	for _, pid := range pids {
		used, err := cpuOf(pid)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}
