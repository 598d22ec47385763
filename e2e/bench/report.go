package main

import (
	"fmt"
	"strings"
)

// report is everything that is printed.
type report struct {
	facts  []string // "name: value"
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
	return []string{
		fmt.Sprintf("Each value is the median of %d rounds in which the columns take turns; mkdir rows: percentiles of %d openings.", r.rounds, fullSize().openings),
		"tasks: `[\"/bin/true\"]`, the same graph for every tool, each with -j2 (process-compose has no such limit); in layers each task waits on all of the layer before. Each tool first proves with another command that it runs every task once and in order.",
		"machine: a bare loop that starts and reaps as many /bin/true, two loops at once where the graph allows it (start-up: two starts; load: one start; output: cat alone; mkdir: the bare start of the same program); machine+pipe: each with its output read through a pipe.",
		"memory: of wprun's two processes, pages that both have counted twice.",
		"output: through prefix and log file to a pipe that is read; shell: `cat FILE | tee LOG | sed 's/^/a | /'`. No line may be missing, in the pipe or in the log.",
		"mkdir rows: from a foreign mkdir to the first act of the dependent.",
	}
}
