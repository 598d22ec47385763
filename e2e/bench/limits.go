package main

import "fmt"

// limit is one bound on one row: wprun's value may be so many times the value of
// another column, and so much more.
type limit struct {
	against string // the column compared with; "" for none
	factor  float64
	extra   float64 // in the row's unit
	below   bool    // the bound itself is already over
	shown   bool    // the figure is shown and limits nothing
}

// times bounds wprun's value by a multiple of another column.
func times(factor float64, against string) limit { return limit{against: against, factor: factor} }

// beyond bounds how much wprun's value is above that of another column.
func beyond(against string, extra float64) limit {
	return limit{against: against, factor: 1, extra: extra}
}

// atMost bounds wprun's value alone.
func atMost(extra float64) limit { return limit{extra: extra} }

// under is atMost that the bound itself does not keep.
func under(extra float64) limit { return limit{extra: extra, below: true} }

// beside bounds nothing: the quotient with another column is shown.
func beside(against string) limit { return limit{against: against, factor: 1, shown: true} }

// verdict is what came of a limit.
type verdict int

const (
	within verdict = iota
	over
	unmeasured // a value it needs is missing
)

// judge compares a row with one of its limits.
func (l limit) judge(r row) verdict {
	own, ok := r.values[colWprun]
	other, known := r.values[l.against]
	if !ok || (l.against != "" && !known) {
		return unmeasured
	}
	bound := l.factor*other + l.extra
	if l.shown || own < bound || (own == bound && !l.below) {
		return within
	}
	return over
}

// figureText prints what the limit compares, "" if that is wprun's value alone or
// a value is missing.
func (l limit) figureText(r row) string {
	other, known := r.values[l.against]
	if l.against == "" || !known || l.judge(r) == unmeasured {
		return ""
	}
	own := r.values[colWprun]
	if l.factor == 1 && l.extra > 0 {
		return fmt.Sprintf("%+.2f %s", own-other, r.unit)
	}
	return fmt.Sprintf("%.2f x %s", own/other, l.against)
}

// text prints the bound, "" if there is none.
func (l limit) text(unit string) string {
	sign, other, more := "<=", l.against, ""
	if l.below {
		sign = "<"
	}
	if l.factor != 1 {
		other = fmt.Sprintf("%g x %s", l.factor, l.against)
	}
	if l.extra > 0 {
		more = fmt.Sprintf(" + %g %s", l.extra, unit)
	}
	switch {
	case l.shown:
		return ""
	case l.against == "":
		return fmt.Sprintf("%s %g %s", sign, l.extra, unit)
	}
	return fmt.Sprintf("%s %s%s", sign, other, more)
}
