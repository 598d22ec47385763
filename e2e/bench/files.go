package main

import (
	"fmt"
	"strings"
)

// recipe gives the command of a task: a line without characters that mean
// something to make, and as wprun's command that line or a list.
type recipe struct {
	line func(name string) string
	list bool // in a wprun file: the words of the line, or a shell with it if it needs one
}

func trueLine(string) string { return "/bin/true" }

// nothing and nothingLine are the recipe that costs as little as a process can.
var (
	nothing     = recipe{line: trueLine, list: true}
	nothingLine = recipe{line: trueLine}
)

// tallying is the recipe that appends the task's name to a file. The echo is a
// program, which writes it at once; that of go-task's shell writes it in two parts.
func tallying(file string, list bool) recipe {
	return recipe{list: list, line: func(name string) string { return fmt.Sprintf("/bin/echo %s >> '%s'", name, file) }}
}

// wprunCommand is the value of a task's command in a wprun file.
func (r recipe) wprunCommand(name string) string {
	line := r.line(name)
	switch {
	case !r.list:
		return fmt.Sprintf("%q", line)
	case strings.ContainsAny(line, ">'|;"):
		return quotedList([]string{"sh", "-c", line})
	}
	return quotedList(strings.Fields(line))
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
	return composeText(w, r, func(string) string { return "" })
}

// composeLogFile has a log for each process.
func composeLogFile(w workload, r recipe) string {
	return composeText(w, r, func(name string) string { return fmt.Sprintf("    log_location: \"log-%s\"\n", name) })
}

// composeText adds to each process what more says.
func composeText(w workload, r recipe, more func(name string) string) string {
	var b strings.Builder
	b.WriteString("version: \"0.5\"\nprocesses:\n")
	for i, n := range w {
		fmt.Fprintf(&b, "  %s:\n    command: %q\n%s", n.name, r.line(n.name), more(n.name))
		if len(n.needs) > 0 {
			b.WriteString("    depends_on:\n")
		}
		for _, need := range w.needNames(i) {
			fmt.Fprintf(&b, "      %s:\n        condition: process_completed_successfully\n", need)
		}
	}
	return b.String()
}

// taskFile is the workload as Taskfile.yml.
func taskFile(w workload, r recipe) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: \"3\"\nrun: once\nsilent: true\ntasks:\n  default:\n    deps: %s\n", quotedList(w.ends()))
	for i, n := range w {
		fmt.Fprintf(&b, "  %s:\n    cmds: [%q]\n", n.name, r.line(n.name))
		if len(n.needs) > 0 {
			fmt.Fprintf(&b, "    deps: %s\n", quotedList(w.needNames(i)))
		}
	}
	return b.String()
}

// lineFile is the workload as one line a task: a script, or a list for parallel.
func lineFile(w workload, r recipe) string {
	var b strings.Builder
	for _, n := range w {
		b.WriteString(r.line(n.name) + "\n")
	}
	return b.String()
}
