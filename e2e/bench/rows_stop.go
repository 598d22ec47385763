package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

func stopRows(s size) []row {
	return []row{newRow(
		fmt.Sprintf("stop of %d commands that obey SIGTERM", s.stopped), "s",
		atMost(1), beside(colMake), beside(colNinja), beside(colMachine),
	)}
}

// sleeping is the recipe of a command that does until it is told to end.
var sleeping = recipe{list: true, line: func(string) string { return "sleep 3600" }}

// measureStop times from SIGTERM to the end of a tool all of whose commands run, and
// of them.
// Only what then ends its commands is there: GNU parallel waits for them.
func (l *lab) measureStop(ctx context.Context, rows []row) {
	w := independent(l.stopped)
	var contenders []contender
	for _, t := range append([]tool{l.tool()}, l.peers...) {
		if t.column == colWprun || t.column == colMake || t.column == colNinja || t.column == colCompose {
			contenders = append(contenders, contender{column: t.column, into: rows, run: func(ctx context.Context) (float64, error) {
				return l.stopOnce(ctx, t, w)
			}})
		}
	}
	l.alternate(ctx, append(contenders, contender{column: colMachine, into: rows, run: func(context.Context) (float64, error) {
		return stopBare(l.stopped)
	}}))
}

// stopOnce starts a tool, waits until all of its commands run, and stops it.
func (l *lab) stopOnce(ctx context.Context, t tool, w workload) (float64, error) {
	if t.missing != nil {
		return 0, t.missing
	}
	dir, err := l.sub("stop")
	if err == nil {
		err = t.lay(dir, w, sleeping)
	}
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd, errFile, err := prepare(ctx, dir, t.argv(len(w)))
	if err != nil {
		return 0, err
	}
	v, err := launch(cmd, errFile)
	if err != nil {
		return 0, err
	}
	defer v.stop()
	commands, err := awaitSleeping(ctx, v, len(w))
	if err != nil {
		return 0, errors.Join(err, v.failure())
	}
	from := time.Now()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return 0, err
	}
	<-v.ended
	err = awaitEnd(ctx, commands, l.outlast)
	return time.Since(from).Seconds(), err
}

// awaitSleeping waits until so many commands run, and lists them.
func awaitSleeping(ctx context.Context, v *live, n int) ([]int, error) {
	for {
		commands := slices.DeleteFunc(readTree(v.cmd.Process.Pid), func(pid int) bool { return !isSleeping(pid) })
		switch {
		case len(commands) == n:
			return commands, nil
		case isClosed(v.ended):
			return nil, fmt.Errorf("cannot stop it: it ended before %d commands ran", n)
		}
		if err := pause(ctx, settled); err != nil {
			return nil, err
		}
	}
}

func isSleeping(pid int) bool {
	return readText(fmt.Sprintf("/proc/%d/cmdline", pid)) == "sleep\x003600\x00"
}

// awaitEnd waits until none of the commands runs. Those that outlast their tool by
// more than limit it ends, and fails.
func awaitEnd(ctx context.Context, commands []int, limit time.Duration) error {
	ended := func(pid int) bool { return !isSleeping(pid) }
	for deadline := time.Now().Add(limit); time.Now().Before(deadline) && ctx.Err() == nil; {
		if commands = slices.DeleteFunc(commands, ended); len(commands) == 0 {
			return nil
		}
		time.Sleep(time.Millisecond)
	}
	for _, pid := range commands {
		// An error means that it has just ended.
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return fmt.Errorf("cannot trust the stop: %d commands were left", len(commands))
}

// stopBare stops commands of this program's own.
func stopBare(n int) (float64, error) {
	commands := make([]*exec.Cmd, n)
	var err error
	for i := range commands {
		commands[i] = exec.Command("sleep", "3600")
		err = errors.Join(err, commands[i].Start())
	}
	if err != nil {
		return 0, err
	}
	from := time.Now()
	for _, c := range commands {
		err = errors.Join(err, c.Process.Signal(syscall.SIGTERM))
	}
	for _, c := range commands {
		// Its status is that of the signal.
		_ = c.Wait()
	}
	return time.Since(from).Seconds(), err
}
