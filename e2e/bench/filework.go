package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// inputsEach is how many files of its own each task reads.
const inputsEach = 5

// fileWork lays n tasks with inputs and outputs for each tool that knows such, and
// collects the contenders that are made of it.
func (l *lab) fileWork(n int, s step, contend func(t tool, dir string, err error) []contender) []contender {
	var all []contender
	for _, t := range append([]tool{l.tool()}, l.peers...) {
		render := fileWorkOf[t.column]
		if render == nil {
			continue
		}
		dir, err := l.sub(t.column)
		if err == nil {
			err = layFiles(dir, t.file, n, render(n, s))
		}
		all = append(all, contend(t, dir, err)...)
	}
	return all
}

// step is what each task does about its files.
type step func(i int) string

func nothingToDo(int) string { return "/bin/true" }

func copying(i int) string { return "cp " + inputsOf(i)[0] + " " + outputOf(i) }

// fileWorkOf renders n tasks of which task i makes "o/I" of "i/I-0" and so on.
var fileWorkOf = map[string]func(n int, s step) string{
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
		b.WriteString("rule run\n  command = $step\nstep = " + s(0) + "\n") // of each task without one of its own
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
		b.WriteString("MAKEFLAGS += -r\n") // else it looks for a rule of its own to make each input by
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
