package glob

import (
	"errors"
	"fmt"
)

// expand returns a pattern for each choice that the braces of one leave.
func expand(pattern string) ([]string, error) {
	done, todo := []string(nil), []string{pattern}
	for len(todo) > 0 {
		first := todo[0]
		choices, found, err := choose(first)
		switch {
		case err != nil:
			return nil, err
		case !found:
			done, todo = append(done, first), todo[1:]
		default:
			todo = append(choices, todo[1:]...)
		}
		if len(done)+len(todo) > maxChoices {
			return nil, fmt.Errorf("its braces stand for more than %d patterns", maxChoices)
		}
	}
	return done, nil
}

// choose replaces the first braces of a pattern by each of their parts.
func choose(pattern string) (choices []string, found bool, err error) {
	open, depth := -1, 0
	var commas []int
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '{':
			if depth++; depth == 1 {
				open = i
			}
		case c == ',' && depth == 1:
			commas = append(commas, i)
		case c == '}' && depth == 0:
			return nil, false, errors.New(`a "}" has no "{"`)
		case c == '}':
			if depth--; depth == 0 {
				return parts(pattern, open, append(commas, i)), true, nil
			}
		}
	}
	if depth > 0 {
		return nil, false, errors.New(`a "{" is not closed`)
	}
	return nil, false, nil
}

// parts cuts at the ends of the parts, of which the last is the closing brace.
func parts(pattern string, open int, ends []int) []string {
	var choices []string
	before, after := pattern[:open], pattern[ends[len(ends)-1]+1:]
	begin := open + 1
	for _, end := range ends {
		choices = append(choices, before+pattern[begin:end]+after)
		begin = end + 1
	}
	return choices
}
