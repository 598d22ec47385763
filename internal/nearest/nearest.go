// Package nearest finds the name that was probably meant.
package nearest

import (
	"strings"
	"unicode/utf8"
)

// maxLength is the longest name, in bytes, for which a near one is looked for:
// the search costs the product of two lengths for each candidate.
const maxLength = 256

// Name returns the one of names that is nearest to got: the one that needs the
// fewest insertions, deletions, replacements and swaps of neighbouring
// characters, where the case of letters does not count. The earliest of equally
// near names wins. It reports false when no name is near: more than a third of
// the characters, and of names longer than one character at least one, would
// have to change.
func Name(got string, names []string) (string, bool) {
	if len(got) > maxLength {
		return "", false
	}
	want := []rune(strings.ToLower(got))
	limit := allowed(len(want))
	best, found := "", false
	for _, name := range names {
		if limit < 0 {
			break
		}
		if d := distance(want, name, limit); d <= limit {
			best, found, limit = name, true, d-1
		}
	}
	return best, found
}

// allowed is the number of edits within which a name of that length is near.
func allowed(length int) int {
	if length <= 1 {
		return 0
	}
	return max(1, length/3)
}

// distance counts the edits between want and name in lower case; a result above
// limit means only that there are more than limit.
func distance(want []rune, name string, limit int) int {
	if len(name) > maxLength || apart(len(want), utf8.RuneCountInString(name)) > limit {
		return limit + 1
	}
	return edits(want, []rune(strings.ToLower(name)))
}

func apart(a, b int) int {
	return max(a-b, b-a)
}

// edits is the optimal string alignment distance, with three rows of its table.
func edits(a, b []rune) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			if a[i-1] == b[j-1] {
				row[j] = above[j-1]
			} else {
				row[j] = 1 + min(above[j], row[j-1], above[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
