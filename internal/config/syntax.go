package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// syntaxProblem reports what the TOML library found, with the line and a caret
// below the fault. Where a value of an environment could be in them, the line
// and what the library quotes of it are left out.
func (s *source) syntaxProblem(text string, err error) {
	fault, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		s.problem(0, "cannot read the file: %v", err)
		return
	}
	start := faultStart(fault, text)
	before := text[strings.LastIndex(text[:start], "\n")+1 : start]
	after, _, _ := strings.Cut(text[start:], "\n")
	line, column := 1+strings.Count(text[:start], "\n"), 1+utf8.RuneCountInString(before)
	what, shown := fault.Message, ""
	if s.lines().secret(text, start) || !harmless(before+after) {
		what = withoutValues(what)
	} else {
		shown = "\n" + excerpt(line, before, after, fault.Position.Len)
	}
	s.problem(line, "cannot read column %d: %s%s", column, what, shown)
}

// faultStart is the offset of the fault within the text. The line and column of
// the library do not agree for strings of many lines.
func faultStart(fault toml.ParseError, text string) int {
	start := fault.Position.Start
	switch {
	case strings.HasPrefix(fault.Message, "TOML files cannot contain control characters"):
		start++ // the library points at the character before
	case strings.HasPrefix(fault.Message, "invalid UTF-8"):
		start = invalidByte(text) // the library points at what it is part of
	}
	return min(max(start, 0), len(text))
}

func invalidByte(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], string(utf8.RuneError)) {
			return i
		}
	}
	return 0
}

// harmless says that a line is a header or begins with a key of this file's
// schema, and has nothing to do with an environment. Any other line may be a
// part of a secret whose surroundings are damaged.
func harmless(line string) bool {
	line = strings.TrimLeft(line, " \t")
	word := line
	if i := strings.IndexAny(line, " \t="); i >= 0 {
		word = line[:i]
	}
	known := strings.HasPrefix(line, "[") || slices.ContainsFunc(allFields, func(fields []field) bool {
		_, ok := find(fields, word)
		return ok
	})
	return known && !strings.Contains(line, "env")
}

func withoutValues(message string) string {
	quotation := regexp.MustCompile(`"|[0-9]{3}`) // what could be a value
	if quotation.MatchString(message) && !strings.HasPrefix(message, "Key '") {
		return "this is no TOML; is the value in quotes?"
	}
	return message
}

// excerptWidth is how many characters of a line are shown on either side.
const excerptWidth = 60

func excerpt(line int, before, after string, length int) string {
	left, right := []rune(before), []rune(after)
	left = left[max(0, len(left)-excerptWidth):]
	length = min(max(1, length), max(1, len(right)), excerptWidth)
	right = right[:min(len(right), excerptWidth)]
	return fmt.Sprintf("%7d | %s%s\n%s%s", line, printable(left), printable(right),
		strings.Repeat(" ", 10+len(left)), strings.Repeat("^", length))
}

// printable keeps one column for each character, so that the caret fits.
func printable(text []rune) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, string(text))
}
