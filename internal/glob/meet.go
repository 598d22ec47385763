package glob

import "strings"

// Meet says that there may be a path for which two lists of patterns stand, a
// directory standing for all that is in it. Of two patterns with wildcards only the
// directories below which they look are compared. A pattern that is none stands for
// nothing.
func Meet(these, those []string) bool {
	for _, this := range all(these) {
		for _, that := range all(those) {
			if this.meets(that) {
				return true
			}
		}
	}
	return false
}

func all(patterns []string) []Glob {
	var list []Glob
	for _, pattern := range patterns {
		some, _ := Parse(pattern)
		list = append(list, some...)
	}
	return list
}

func (g Glob) meets(other Glob) bool {
	this, oneThis := g.Literal()
	that, oneThat := other.Literal()
	switch {
	case oneThis && oneThat:
		return isIn(this, that) || isIn(that, this)
	case oneThis:
		return other.Match(this) || isIn(other.Root, this)
	case oneThat:
		return g.Match(that) || isIn(g.Root, that)
	}
	return isIn(g.Root, other.Root) || isIn(other.Root, g.Root)
}

// isIn says that a path is a directory or below it.
func isIn(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
