package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// parseEnvFile reads lines of the form NAME=VALUE. Empty lines and lines that
// begin with "#" mean nothing, "export " before a name is skipped, a value may
// be in single quotes, which keep all, or in double quotes, in which \n, \" and
// \\ are escapes. A value without quotes ends at the line or at a blank before
// "#". Values never appear in problems.
func parseEnvFile(file, text string) ([]variable, []Problem) {
	var list []variable
	var problems []Problem
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		v, fault := parseEnvLine(line)
		if fault != "" {
			problems = append(problems, Problem{file, i + 1, "cannot use the line: " + fault})
			continue
		}
		list = append(list, v)
	}
	return list, problems
}

// parseEnvLine returns what is wrong with a line, or "".
func parseEnvLine(line string) (v variable, fault string) {
	if rest, ok := strings.CutPrefix(line, "export"); ok && strings.IndexAny(rest, " \t") == 0 {
		line = strings.TrimSpace(rest)
	}
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimRight(name, " \t")
	switch {
	case !ok:
		return v, `there is no "="; write NAME=VALUE`
	case !isVariableName(name):
		return v, `what is before "=" is no name; write NAME=VALUE`
	case !utf8.ValidString(value):
		return v, fmt.Sprintf("the value of %q is not UTF-8", name)
	case strings.ContainsRune(value, 0):
		return v, fmt.Sprintf("the value of %q holds a NUL byte", name)
	}
	value, fault = unquote(strings.TrimLeft(value, " \t"))
	if fault != "" {
		return v, fmt.Sprintf("the value of %q %s", name, fault)
	}
	return variable{name, value}, ""
}

func isVariableName(name string) bool {
	for i, r := range name {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

func unquote(value string) (plain, fault string) {
	if value == "" {
		return "", ""
	}
	switch value[0] {
	case '\'':
		plain, rest, closed := strings.Cut(value[1:], "'")
		return plain, afterQuote(rest, closed)
	case '"':
		plain, rest, closed := doubleQuoted(value[1:])
		return plain, afterQuote(rest, closed)
	}
	if i := strings.IndexAny(value, " \t"); i >= 0 {
		if j := commentAt(value); j >= 0 {
			value = value[:j]
		}
	}
	return strings.TrimRight(value, " \t"), ""
}

// commentAt returns where a comment begins in a value without quotes, or -1.
func commentAt(value string) int {
	for i := 1; i < len(value); i++ {
		if value[i] == '#' && (value[i-1] == ' ' || value[i-1] == '\t') {
			return i
		}
	}
	return -1
}

func afterQuote(rest string, closed bool) (fault string) {
	rest = strings.TrimLeft(rest, " \t")
	switch {
	case !closed:
		return "has no closing quote on its line"
	case rest != "" && rest[0] != '#':
		return "goes on behind its closing quote"
	}
	return ""
}

// doubleQuoted splits behind the closing quote and undoes the escapes. Any other
// backslash stands for itself.
func doubleQuoted(text string) (plain, rest string, closed bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:], true
		case c == '\\' && i+1 < len(text) && strings.IndexByte(`n"\`, text[i+1]) >= 0:
			i++
			if text[i] == 'n' {
				b.WriteByte('\n')
			} else {
				b.WriteByte(text[i])
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), "", false
}
