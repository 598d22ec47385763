package main

import (
	"fmt"
	"strings"
)

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

// idleFile is a wprun file with a task named "ready" that starts at once, tasks
// that wait on one external watchpoint, and services that are ready once they run.
func idleFile(gated, services int, ready []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "[[watchpoint]]\nkey = \"never\"\nbase = %q\nexternal = true\n", gatesBase)
	fmt.Fprintf(&b, "[task.ready]\ncommand = %s\n", quotedList(ready))
	for i := range services {
		fmt.Fprintf(&b, "[service.s%05d]\ncommand = [\"sleep\", \"3600\"]\nready = \"started\"\n", i)
	}
	for i := range gated {
		fmt.Fprintf(&b, "[task.%s]\ncommand = [\"/bin/true\"]\nwaits_on = [\"never\"]\n", taskName(i))
	}
	return b.String()
}
