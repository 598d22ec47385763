package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The columns that hold a value, in the order of the table.
const (
	colWprun    = "wprun"
	colOne      = "wprun, one" // the same of one process where the row is of many
	colMake     = "make"
	colNinja    = "ninja"
	colParallel = "parallel"
	colTask     = "go-task"
	colCompose  = "process-compose"
	colShell    = "shell"
	colHello    = "hello"
	colMkdir    = "mkdir" // what the disk alone takes of the row
	colMachine  = "machine"
	colPiped    = "machine+pipe"
)

func columns() []string {
	return []string{
		colWprun, colOne, colMake, colNinja, colParallel, colTask, colCompose, colShell, colHello, colMkdir, colMachine, colPiped,
	}
}

// row is one line of the table: values in one unit, by column.
type row struct {
	name   string
	unit   string
	limits []limit // in the order in which they are printed
	values map[string]float64
	failed map[string]bool // columns whose measurement ended in an error
}

func newRow(name, unit string, limits ...limit) row {
	return row{name: name, unit: unit, limits: limits, values: map[string]float64{}, failed: map[string]bool{}}
}

// cell is the text of a column: a value, "error", or "-" where nothing was
// measured.
func (r row) cell(column string) string {
	if r.failed[column] {
		return "error"
	}
	value, ok := r.values[column]
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%s %s", digits(value), r.unit)
}

// digits prints a value with three significant places or two decimals,
// whichever is less.
func digits(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// cells makes the texts of the whole table, the heading first. A column that
// no row has a value for is left out.
func cells(rows []row) [][]string {
	cols := usedColumns(rows)
	head := append([]string{"row"}, cols...)
	table := [][]string{append(head, "ratio", "limit", "")}
	for _, r := range rows {
		line := []string{r.name}
		for _, c := range cols {
			line = append(line, r.cell(c))
		}
		ratio, bound, word := judged(r)
		table = append(table, append(line, ratio, bound, word))
	}
	return table
}

func usedColumns(rows []row) []string {
	var used []string
	for _, c := range columns() {
		for _, r := range rows {
			if r.cell(c) != "-" {
				used = append(used, c)
				break
			}
		}
	}
	return used
}

// judged makes the last three texts of a row: its figures, its limits and one
// word for how it did.
func judged(r row) (ratio, bound, word string) {
	var figures, bounds []string
	for _, l := range r.limits {
		if text := l.figureText(r); text != "" {
			figures = append(figures, text)
		}
		if text := l.text(r.unit); text != "" {
			bounds = append(bounds, text)
		}
	}
	return strings.Join(figures, ", "), strings.Join(bounds, ", "), wordFor(r)
}

// wordFor is "over" if any limit of the row is exceeded, else "not measured" if
// any could not be judged, else "ok"; "" for a row without limits.
func wordFor(r row) string {
	word := ""
	for _, l := range r.limits {
		if l.shown {
			continue
		}
		switch l.judge(r) {
		case over:
			return "over"
		case unmeasured:
			word = "not measured"
		case within:
			if word == "" {
				word = "ok"
			}
		}
	}
	return word
}

// exceeded lists what -check objects to: limits that are exceeded, and limits
// that could not be judged.
func exceeded(rows []row) []string {
	var list []string
	for _, r := range rows {
		for _, l := range r.limits {
			if l.shown {
				continue
			}
			switch l.judge(r) {
			case over:
				list = append(list, strings.TrimSuffix(fmt.Sprintf("%s: over the limit %s (wprun %s, %s",
					r.name, l.text(r.unit), r.cell(colWprun), l.figureText(r)), ", ")+")")
			case unmeasured:
				list = append(list, fmt.Sprintf("%s: cannot judge the limit %s, a value is missing", r.name, l.text(r.unit)))
			case within:
			}
		}
	}
	return list
}

// plainTable aligns the columns with spaces.
func plainTable(rows []row) string {
	table := cells(rows)
	var b strings.Builder
	for _, line := range table {
		var text strings.Builder
		for i, c := range line {
			text.WriteString(c)
			text.WriteString(strings.Repeat(" ", width(table, i)-utf8.RuneCountInString(c)+2))
		}
		b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
	}
	return b.String()
}

// markdownTable is the same table in Markdown, aligned too.
func markdownTable(rows []row) string {
	table := cells(rows)
	rule := make([]string, len(table[0]))
	for i := range rule {
		rule[i] = strings.Repeat("-", max(width(table, i), 3))
	}
	lines := append([][]string{table[0], rule}, table[1:]...)
	var b strings.Builder
	for _, line := range lines {
		for i, c := range line {
			pad := max(width(table, i), 3) - utf8.RuneCountInString(c)
			b.WriteString("| " + c + strings.Repeat(" ", pad) + " ")
		}
		b.WriteString("|\n")
	}
	return b.String()
}

func width(table [][]string, column int) int {
	widest := 0
	for _, line := range table {
		widest = max(widest, utf8.RuneCountInString(line[column]))
	}
	return widest
}
