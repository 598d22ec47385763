package main

import (
	"fmt"
	"strings"
)

// report is everything that is printed.
type report struct {
	facts  []string // "name: value"
	size   size
	quick  bool
	rounds int
	rows   []row
}

func (r report) plain() string {
	return strings.Join(r.facts, "\n") + "\n\n" + plainTable(r.rows) + "\n" + strings.Join(r.notes(), "\n") + "\n"
}

func (r report) markdown() string {
	var b strings.Builder
	b.WriteString("# Results of `go run ./e2e/bench`\n\n")
	for _, fact := range r.facts {
		b.WriteString("- " + fact + "\n")
	}
	b.WriteString("\n" + markdownTable(r.rows) + "\n")
	for _, note := range r.notes() {
		b.WriteString("- " + note + "\n")
	}
	return b.String()
}

// notes says what the columns and rows mean.
func (r report) notes() []string {
	var notes []string
	if r.quick {
		notes = append(notes, "report only: small sizes, few rounds, perhaps a shared machine")
	}
	return append(
		notes,
		fmt.Sprintf("Each value is the median of %d rounds in which the columns take turns. -: the tool cannot do that, or is not there.", r.rounds),
		"tasks: the same graph for every tool, each with -j2 (process-compose has no such limit, sh is a script); in layers each task waits on all of the layer before. Only wprun has the commands as lists or as lines; the others' values are the same in both rows. Each tool first proves with another command that it runs every task once and in order.",
		"machine: as many bare spawn-and-wait loops as the graph and -j2 allow, one or two programs with a loop each (run of one: one start); machine+pipe: the same, each child's output read through a pipe.",
		fmt.Sprintf("run of one: each value is the mean of %d runs; shell: `sh -c /bin/true`.", r.size.starts),
		"wprun version: hello is a Go program that prints a line.",
		"stop: from SIGTERM, once all commands run, to the end of the tool and all of them; machine: signals and waits alone.",
		"engine only: from Begin to Finish, every action answered at once; memory is all that was allocated meanwhile and for the engine itself, garbage and events included.",
		"load: `wprun validate`; make and ninja with -n; machine: one start. Memory: the peak of the largest process.",
		fmt.Sprintf("files made: each task has %d inputs, and copies the first to its output; before it there is no output, which is make's record, and no record of wprun or ninja. make has -r, or it would look for a rule of its own to make each input by.", inputsEach),
		"idle: of wprun's two processes together, without the services' own; wprun, one: the same of one gated task and one service. Pss counts a page that both have as half in each, Rss whole in each; nothing is taken off for the number of processes.",
		"output: through prefix and log file to a pipe that is read; shell: `cat FILE | tee LOG | sed 's/^/a /'`; machine: cat alone. No line may be missing, in the pipe or in the log. parallel and go-task keep no such log: their command is `cat FILE | tee LOG`.",
		"at once: of so many processes, each with a file of its own; wprun, one: the same bytes from one process; machine: cat of all files. Each tool first proves that no line is torn, lost, out of order or behind another's prefix.",
		fmt.Sprintf("mkdir to start: from before a foreign mkdir to the first act of the dependent, percentiles of %d openings; mkdir: what that call itself took, which is in it; machine: of as many bare starts of the same program.", r.size.openings),
	)
}
