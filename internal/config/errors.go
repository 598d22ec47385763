package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	// File is as it was given, Line counts from 1; 0 is unknown.
	File string
	Line int
	Text string
}

func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Errors is every problem of a file, by line; those without a line come first.
type Errors struct {
	List []Problem
}

// Error has one line for each problem; a syntax error has its caret below it.
func (e *Errors) Error() string {
	return strings.Join(asLines(e.List), "\n")
}

func asLines(list []Problem) []string {
	var lines []string
	for _, p := range list {
		lines = append(lines, p.String())
	}
	return lines
}

// problems collects what is wrong with one file and the files it names.
type problems struct {
	file     string
	lines    lines
	list     []Problem
	warnings []Problem
}

// problem is for the line of a place.
func (p *problems) problem(at place, format string, args ...any) {
	p.fileProblem(p.lines.of(at), format, args...)
}

func (p *problems) fileProblem(line int, format string, args ...any) {
	p.list = append(p.list, Problem{p.file, line, fmt.Sprintf(format, args...)})
}

func (p *problems) warn(at place, format string, args ...any) {
	p.warnings = append(p.warnings, Problem{p.file, p.lines.of(at), fmt.Sprintf(format, args...)})
}

func (p *problems) errors() error {
	if len(p.list) == 0 {
		return nil
	}
	p.sort(p.list)
	return &Errors{p.list}
}

func (p *problems) warningLines() []string {
	p.sort(p.warnings)
	return asLines(p.warnings)
}

// sort orders by line, the file itself before the files it names.
func (p *problems) sort(list []Problem) {
	rank := func(of Problem) string {
		if of.File == p.file {
			return ""
		}
		return of.File
	}
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Line, b.Line))
	})
}
