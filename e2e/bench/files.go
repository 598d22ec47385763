package main

import (
	"fmt"
	"strings"
)

// recipe gives the command of a task: an argument list without characters that
// mean something to a shell, or, with sh, a line for the shell.
type recipe struct {
	argv []string
	sh   func(name string) string
}

// nothing is the recipe that costs as little as a process can.
var nothing = recipe{argv: []string{"/bin/true"}}

// tallying is the recipe that appends the task's name to a file.
func tallying(file string) recipe {
	return recipe{sh: func(name string) string {
		return fmt.Sprintf("echo %s >> '%s'", name, file)
	}}
}

// line is the command of a task as one line.
func (r recipe) line(name string) string {
	if r.sh != nil {
		return r.sh(name)
	}
	return strings.Join(r.argv, " ")
}

// wprunCommand is the value of a task's command in a wprun file.
func (r recipe) wprunCommand(name string) string {
	if r.sh != nil {
		return fmt.Sprintf("%q", r.sh(name))
	}
	return quotedList(r.argv)
}

// quotedList is a list of basic strings in TOML.
func quotedList(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = fmt.Sprintf("%q", item)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// wprunFile is the workload as wprun.toml.
func wprunFile(w workload, r recipe) string {
	var b strings.Builder
	for i, n := range w {
		fmt.Fprintf(&b, "[task.%s]\ncommand = %s\n", n.name, r.wprunCommand(n.name))
		if len(n.needs) > 0 {
			fmt.Fprintf(&b, "waits_on = %s\n", quotedList(w.needNames(i)))
		}
	}
	return b.String()
}

// makeFile is the workload as a Makefile whose first target is all of it.
func makeFile(w workload, r recipe) string {
	var b strings.Builder
	names := make([]string, len(w))
	for i, n := range w {
		names[i] = n.name
	}
	fmt.Fprintf(&b, ".PHONY: all %s\nall: %s\n", strings.Join(names, " "), strings.Join(w.ends(), " "))
	for i, n := range w {
		fmt.Fprintf(&b, "%s: %s\n\t%s\n", n.name, strings.Join(w.needNames(i), " "), r.line(n.name))
	}
	return b.String()
}

// ninjaFile is the workload as build.ninja. Its outputs are never made, so
// every run runs every task.
func ninjaFile(w workload, r recipe) string {
	var b strings.Builder
	b.WriteString("rule run\n  command = $line\n")
	for i, n := range w {
		fmt.Fprintf(&b, "build %s: run", n.name)
		if len(n.needs) > 0 {
			fmt.Fprintf(&b, " | %s", strings.Join(w.needNames(i), " "))
		}
		fmt.Fprintf(&b, "\n  line = %s\n", strings.ReplaceAll(r.line(n.name), "$", "$$"))
	}
	return b.String()
}

// composeFile is the workload as process-compose.yaml.
func composeFile(w workload, r recipe) string {
	var b strings.Builder
	b.WriteString("version: \"0.5\"\nprocesses:\n")
	for i, n := range w {
		fmt.Fprintf(&b, "  %s:\n    command: %q\n", n.name, r.line(n.name))
		if len(n.needs) > 0 {
			b.WriteString("    depends_on:\n")
		}
		for _, need := range w.needNames(i) {
			fmt.Fprintf(&b, "      %s:\n        condition: process_completed_successfully\n", need)
		}
	}
	return b.String()
}

// gateKey is the key of the i-th external watchpoint.
func gateKey(i int) string { return fmt.Sprintf("g%05d", i) }

// gatesBase is the folder of the external watchpoints, beside the wprun file.
const gatesBase = "gates"

// gatesFile is a wprun file with a task named "ready" that starts at once and
// one task per external watchpoint, n of them, each with the argument list
// that argv gives for its name.
func gatesFile(n int, argv func(name string) []string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[[watchpoint]]\nkey = %q\nbase = %q\nexternal = true\n", gateKey(i), gatesBase)
	}
	fmt.Fprintf(&b, "[task.ready]\ncommand = %s\n", quotedList(argv("ready")))
	for i := range n {
		fmt.Fprintf(&b, "[task.%s]\ncommand = %s\nwaits_on = [%q]\n", taskName(i), quotedList(argv(taskName(i))), gateKey(i))
	}
	return b.String()
}

// crowdFile is a wprun file with a task named "ready" that starts at once and n
// tasks that wait on one external watchpoint.
func crowdFile(n int, ready []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[watchpoint]]\nkey = \"never\"\nbase = %q\nexternal = true\n", gatesBase)
	fmt.Fprintf(&b, "[task.ready]\ncommand = %s\n", quotedList(ready))
	for i := range n {
		fmt.Fprintf(&b, "[task.%s]\ncommand = [\"/bin/true\"]\nwaits_on = [\"never\"]\n", taskName(i))
	}
	return b.String()
}
