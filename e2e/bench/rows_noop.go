package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

const (
	rowNoop       = "10,000 tasks, 50,000 inputs, all up to date"
	rowNoopMemory = "10,000 tasks, 50,000 inputs, memory"
)

// inputsEach is how many files of its own each task reads.
const inputsEach = 5

// measureNoop times a run in which nothing has to be done. Before it everything
// is done once, and once more, since what is as young as its record is looked at
// a second time.
func (l *lab) measureNoop(ctx context.Context) []row {
	r, memory := newRow(rowNoop, "s"), newRow(rowNoopMemory, "MB")
	var contenders []contender
	for _, t := range l.graphTools() {
		render := noopFile[t.column]
		if render == nil {
			continue
		}
		dir, err := l.sub(t.column)
		if err == nil {
			err = layNoop(dir, t.file, l.load, render)
		}
		t.litter = nil // the records are in it
		for range 3 {
			if err == nil {
				_, err = t.run(ctx, dir)
			}
		}
		if err != nil {
			l.fail(&r, t.column, err)
			continue
		}
		if t.column == colWprun {
			memory.values[colWprun], err = peak(ctx, dir, append([]string{t.path}, t.args...))
			l.failIf(&memory, colWprun, err)
		}
		contenders = append(contenders, contender{
			column: t.column,
			run:    func(ctx context.Context) (float64, error) { return t.run(ctx, dir) },
		})
	}
	l.alternate(ctx, &r, contenders)
	return []row{r, memory}
}

// noopFile renders n tasks of which task i makes "o/I" of "i/I-0" and so on; it is
// there, and the command does nothing.
var noopFile = map[string]func(n int) string{
	colWprun: func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[task.%s]\ncommand = [\"/bin/true\"]\ninputs = %s\noutputs = \"o/%d\"\n", taskName(i), quotedList(noopInputs(i)), i)
		}
		return b.String()
	},
	colNinja: func(n int) string {
		var b strings.Builder
		b.WriteString("rule run\n  command = true\n")
		for i := range n {
			fmt.Fprintf(&b, "build o/%d: run %s\n", i, strings.Join(noopInputs(i), " "))
		}
		return b.String()
	},
	colMake: func(n int) string {
		var b, all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, " o/%d", i)
			fmt.Fprintf(&b, "o/%d: %s\n\t@true\n", i, strings.Join(noopInputs(i), " "))
		}
		return "all:" + all.String() + "\n" + b.String()
	},
}

func noopInputs(i int) []string {
	var names []string
	for n := range inputsEach {
		names = append(names, fmt.Sprintf("i/%d-%d", i, n))
	}
	return names
}

func layNoop(dir, file string, n int, render func(n int) string) error {
	for _, sub := range []string{"i", "o"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	for i := range n {
		for _, name := range append(noopInputs(i), fmt.Sprintf("o/%d", i)) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, file), []byte(render(n)), 0o600)
}

// peak is the memory, in MB, of the largest of the processes of a command.
func peak(ctx context.Context, dir string, argv []string) (float64, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, childEnv()
	if err := cmd.Run(); err != nil {
		return 0, err
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, fmt.Errorf("cannot tell the memory of %q", argv[0])
	}
	return float64(usage.Maxrss) / 1000, nil
}
