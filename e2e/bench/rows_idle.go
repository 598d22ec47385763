package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	rowIdleCPU = "1,000 gated processes, CPU"
	rowIdleRSS = "1,000 gated processes, memory"
)

// measureIdle looks at one wprun whose processes all wait on a watchpoint that
// nobody makes: CPU over so many windows, and the resident memory after each, of
// its two processes together.
func (l *lab) measureIdle(ctx context.Context) []row {
	cpu, rss := newRow(rowIdleCPU, "% of a core"), newRow(rowIdleRSS, "MB")
	cpus, sizes, err := l.watchIdle(ctx)
	if err != nil {
		l.fail(&cpu, colWprun, err)
		rss.failed[colWprun] = true
		return []row{cpu, rss}
	}
	cpu.values[colWprun] = median(cpus)
	rss.values[colWprun] = median(sizes)
	return []row{cpu, rss}
}

func (l *lab) watchIdle(ctx context.Context) (cpus, sizes []float64, err error) {
	dir, err := l.sub("idle")
	if err != nil {
		return nil, nil, err
	}
	s, err := newStamps(dir)
	if err != nil {
		return nil, nil, err
	}
	defer s.close()
	v, err := l.start(ctx, dir, crowdFile(l.waiting, stampArgv(l.self, s.path, "ready")), s)
	if err != nil {
		return nil, nil, err
	}
	defer v.stop()
	if err := pause(ctx, l.settle); err != nil {
		return nil, nil, err
	}
	for range l.rounds {
		share, megabytes, err := lookAt(ctx, v.cmd.Process.Pid, l.window)
		if err != nil {
			return nil, nil, err
		}
		if isClosed(v.ended) {
			return nil, nil, errors.Join(errors.New("cannot measure the waiting: wprun ended"), v.failure())
		}
		cpus, sizes = append(cpus, share), append(sizes, megabytes)
	}
	return cpus, sizes, nil
}

// lookAt returns the CPU that a process and its descendants use over a window,
// in percent of a core, and their resident memory at its end, in MB.
func lookAt(ctx context.Context, pid int, window time.Duration) (share, megabytes float64, err error) {
	before, start := readTree(pid), time.Now()
	if err := pause(ctx, window); err != nil {
		return 0, 0, err
	}
	after, seconds := readTree(pid), time.Since(start).Seconds()
	if len(after) == 0 {
		return 0, 0, fmt.Errorf("cannot read the processes of wprun from /proc")
	}
	return 100 * used(before, after).Seconds() / seconds, resident(after), nil
}
