package main

import "fmt"

// kind says how a limit compares wprun's value with another.
type kind int

const (
	// times compares the quotient wprun / other.
	times kind = iota
	// plus compares the difference wprun - other.
	plus
	// absolute compares wprun's value alone.
	absolute
)

// limit is one bound on one row of the table.
type limit struct {
	row     string
	kind    kind
	against string  // the column compared with; "" for absolute
	bound   float64 // a factor, or in the row's unit
	below   bool    // the bound itself is already over
	shown   bool    // the figure is shown and limits nothing
}

// limits is every bound that -check enforces, and the figures shown beside
// them, in the order in which they are printed.
func limits() []limit {
	var list []limit
	for _, row := range []string{rowChain, rowIndependent, rowLayers} {
		list = append(
			list,
			limit{row: row, against: colMake, bound: 1.3},
			limit{row: row, against: colNinja, bound: 1, below: true},
			limit{row: row, against: colCompose, shown: true},
			limit{row: row, against: colMachine, shown: true},
		)
	}
	return append(
		list,
		limit{row: rowStart, kind: plus, against: colMachine, shown: true},
		limit{row: rowLoad, kind: absolute, bound: 0.5, below: true},
		limit{row: rowNoop, kind: absolute, bound: 1, below: true},
		limit{row: rowNoop, against: colNinja, shown: true},
		limit{row: rowNoop, against: colMake, shown: true},
		limit{row: rowNoopMemory, kind: absolute, bound: 150, below: true},
		limit{row: rowIdleCPU, kind: absolute, bound: 0.5, below: true},
		limit{row: rowIdleRSS, kind: absolute, bound: 60, below: true},
		limit{row: rowOutput, against: colShell, bound: 1.5},
		limit{row: rowGateOne50, kind: plus, against: colMachine, bound: 2},
		limit{row: rowGateOne99, kind: plus, against: colMachine, shown: true},
		limit{row: rowGateMany50, kind: plus, against: colMachine, bound: 2},
		limit{row: rowGateMany99, kind: plus, against: colMachine, shown: true},
	)
}

// verdict is what came of a limit.
type verdict int

const (
	within verdict = iota
	over
	unmeasured // a value it needs is missing
)

// judge compares a row with one of its limits.
func (l limit) judge(r row) verdict {
	figure, ok := l.figure(r)
	switch {
	case !ok:
		return unmeasured
	case l.shown || figure < l.bound || (figure == l.bound && !l.below):
		return within
	}
	return over
}

// figure is the number that the limit bounds; false if a value is missing.
func (l limit) figure(r row) (float64, bool) {
	own, ok := r.values[colWprun]
	if !ok || l.kind == absolute {
		return own, ok
	}
	other, ok := r.values[l.against]
	if !ok || (l.kind == times && other == 0) {
		return 0, false
	}
	if l.kind == plus {
		return own - other, true
	}
	return own / other, true
}

// figureText prints the figure, "" if it only repeats wprun's value.
func (l limit) figureText(r row) string {
	figure, ok := l.figure(r)
	switch {
	case !ok || l.kind == absolute:
		return ""
	case l.kind == plus:
		return fmt.Sprintf("%+.2f %s", figure, r.unit)
	}
	return fmt.Sprintf("%.2f x %s", figure, l.against)
}

// text prints the bound, "" if there is none.
func (l limit) text(unit string) string {
	sign := "<="
	if l.below {
		sign = "<"
	}
	switch {
	case l.shown:
		return ""
	case l.kind == absolute:
		return fmt.Sprintf("%s %g %s", sign, l.bound, unit)
	case l.kind == plus:
		return fmt.Sprintf("%s +%g %s", sign, l.bound, unit)
	case l.bound == 1:
		return fmt.Sprintf("%s %s", sign, l.against)
	}
	return fmt.Sprintf("%s %g x %s", sign, l.bound, l.against)
}
