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

// problems collects what is wrong with the files.
type problems struct {
	list     []Problem
	warnings []Problem
}

func (p *problems) problem(at place, format string, args ...any) {
	at.in.problem(at.line(), format, args...)
}

func (p *problems) warn(at place, format string, args ...any) {
	p.warnings = append(p.warnings, Problem{at.in.file, at.line(), fmt.Sprintf(format, args...)})
}

// problem is about a line; 0 is the whole file.
func (s *source) problem(line int, format string, args ...any) {
	s.l.list = append(s.l.list, Problem{s.file, line, fmt.Sprintf(format, args...)})
}

func (l *loader) errors() error {
	if len(l.list) == 0 {
		return nil
	}
	return &Errors{l.tidy(l.list)}
}

func (l *loader) warningLines() []string { return asLines(l.tidy(l.warnings)) }

// tidy says everything once, in the order of the files and of their lines; files
// of variables come last. What many processes have from one place is found
// wrong for each of them.
func (l *loader) tidy(list []Problem) []Problem {
	rank := map[string]int{}
	for i, s := range l.sources {
		rank[s.file] = i - len(l.sources)
	}
	seen := map[Problem]bool{}
	list = slices.DeleteFunc(list, func(p Problem) bool {
		again := seen[p]
		seen[p] = true
		return again
	})
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(rank[a.File], rank[b.File]), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return list
}
