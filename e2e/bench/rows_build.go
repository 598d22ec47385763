package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func buildRows(s size) []row {
	name := fmt.Sprintf("%s files made of %s inputs", count(s.tasks[0]), count(s.tasks[0]*inputsEach))
	return []row{newRow(name, "s", beside(colMake), beside(colNinja))}
}

// measureBuild times a run in which no output is there and no tool has a record. Each
// run is checked.
func (l *lab) measureBuild(ctx context.Context, rows []row) {
	n := l.tasks[0]
	var contenders []contender
	for _, t := range append([]tool{l.tool()}, l.peers...) {
		render := fileOf[t.column]
		if render == nil {
			continue
		}
		dir, err := l.sub(t.column)
		if err == nil {
			err = layFiles(dir, t.file, n, render(n, copying))
		}
		if err != nil {
			contenders = append(contenders, broken(t.column, rows, err))
			continue
		}
		contenders = append(contenders, contender{column: t.column, into: rows, run: func(ctx context.Context) (float64, error) {
			if err := errors.Join(putAside(dir, []string{"o"}), os.Mkdir(filepath.Join(dir, "o"), 0o700)); err != nil {
				return 0, err
			}
			took, err := t.run(ctx, dir)
			return took, errors.Join(err, made(dir, n))
		}})
	}
	l.alternate(ctx, contenders)
}

// made says that every copy is there.
func made(dir string, n int) error {
	for i := range n {
		text, err := os.ReadFile(filepath.Join(dir, outputOf(i)))
		if err != nil || string(text) != inputsOf(i)[0] {
			return fmt.Errorf("%s is %q, not a copy of %s: %w", outputOf(i), text, inputsOf(i)[0], err)
		}
	}
	return nil
}

// step is what each task does about its files.
type step func(i int) string

func nothingToDo(int) string { return "/bin/true" }

func copying(i int) string { return "cp " + inputsOf(i)[0] + " " + outputOf(i) }

// fileOf renders n tasks of which task i makes "o/I" of "i/I-0" and so on.
var fileOf = map[string]func(n int, s step) string{
	colWprun: func(n int, s step) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[task.%s]\ncommand = %s\ninputs = %s\noutputs = %q\n",
				taskName(i), quotedList(strings.Fields(s(i))), quotedList(inputsOf(i)), outputOf(i))
		}
		return b.String()
	},
	colNinja: func(n int, s step) string {
		var b strings.Builder
		b.WriteString("rule run\n  command = $step\nstep = " + s(0) + "\n")
		for i := range n {
			fmt.Fprintf(&b, "build %s: run %s\n", outputOf(i), strings.Join(inputsOf(i), " "))
			if s(i) != s(0) {
				fmt.Fprintf(&b, "  step = %s\n", s(i))
			}
		}
		return b.String()
	},
	colMake: func(n int, s step) string {
		var b, all strings.Builder
		for i := range n {
			fmt.Fprintf(&all, " %s", outputOf(i))
			fmt.Fprintf(&b, "%s: %s\n\t@%s\n", outputOf(i), strings.Join(inputsOf(i), " "), s(i))
		}
		return "all:" + all.String() + "\n" + b.String()
	},
}

func inputsOf(i int) []string {
	var names []string
	for n := range inputsEach {
		names = append(names, fmt.Sprintf("i/%d-%d", i, n))
	}
	return names
}

func outputOf(i int) string { return fmt.Sprintf("o/%d", i) }

// layFiles writes what a tool is told, and all inputs and outputs.
func layFiles(dir, file string, n int, text string) error {
	for _, sub := range []string{"i", "o"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return err
		}
	}
	for i := range n {
		for _, name := range append(inputsOf(i), outputOf(i)) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600)
}
