// Package glob matches paths with patterns in which ** crosses directories.
//
// In an element of a pattern * stands for any characters, ? for one, [a-z] for
// one of a class, [!a-z] for any other one, {a,b} for a choice, which may span
// elements, and \ takes the meaning from the character behind it. An element **
// stands for any number of directories; as the last one it stands for
// everything below. Wildcards do not match a dot at the beginning of a name, and
// ** goes through no symbolic link, so that a circle of links is no trouble.
// Nothing in a directory .git or .wprun ever matches.
package glob

import (
	"path"
	"strings"
)

// Glob is one checked pattern without choices.
type Glob struct {
	// Root is the directory, without wildcards, that holds whatever can match.
	Root string
	// elements are what follows Root; at least one, and none after a "**" is
	// missing.
	elements []string
}

// State is how far a path below Root has been matched: a set of the elements
// that the next name may match. None is a dead end.
type State uint64

// None matches nothing any more.
const None State = 0

const anywhere = "**"

// maxElements is what a State can hold, with one bit for the end.
const maxElements = 63

// Ignored says that a directory of this name is never looked into.
func Ignored(name string) bool { return name == ".git" || name == ".wprun" }

// Start is the State of Root.
func (g Glob) Start() State { return g.from(0) }

// from is the State of an element, which may be left out if it is **.
func (g Glob) from(i int) State {
	s := State(1) << i
	if i < len(g.elements) && g.elements[i] == anywhere {
		s |= g.from(i + 1)
	}
	return s
}

// Next is the State below an entry; link says that it is a symbolic link.
func (g Glob) Next(s State, name string, link bool) State {
	next := None
	if Ignored(name) {
		return next
	}
	for i, element := range g.elements {
		switch {
		case s&(1<<i) == 0:
		case element == anywhere:
			if !link && !strings.HasPrefix(name, ".") {
				next |= g.from(i)
			}
		case matches(element, name):
			next |= g.from(i + 1)
		}
	}
	return next
}

// Matches says that a file whose State is s matches.
func (g Glob) Matches(s State) bool { return s&(1<<len(g.elements)) != 0 }

// Leads says that something below a directory whose State is s may match.
func (g Glob) Leads(s State) bool { return s&(1<<len(g.elements)-1) != 0 }

// Match says whether a clean absolute path without symbolic links matches.
func (g Glob) Match(file string) bool {
	below, ok := strings.CutPrefix(file, strings.TrimSuffix(g.Root, "/")+"/")
	if !ok {
		return false
	}
	s := g.Start()
	for name := range strings.SplitSeq(below, "/") {
		s = g.Next(s, name, false)
	}
	return g.Matches(s)
}

// Holds says whether Match does for a path or a directory above it.
func (g Glob) Holds(file string) bool {
	for ; len(file) > len(g.Root); file = path.Dir(file) {
		if g.Match(file) {
			return true
		}
	}
	return false
}

// Prefix is what every path that matches begins with.
func (g Glob) Prefix() string {
	first := g.elements[0]
	if i := strings.IndexAny(first, special); i >= 0 {
		first = first[:i]
	}
	return strings.TrimSuffix(g.Root, "/") + "/" + first
}

// Suffix is what every path that matches ends with.
func (g Glob) Suffix() string {
	last := g.elements[len(g.elements)-1]
	return last[strings.LastIndexAny(last, special+"]")+1:]
}

// matches compares a name with an element whose syntax has been checked.
func matches(element, name string) bool {
	if strings.HasPrefix(name, ".") && !strings.HasPrefix(element, ".") && !strings.HasPrefix(element, `\.`) {
		return false
	}
	ok, _ := path.Match(element, name)
	return ok
}

// Recursive says that the pattern has a **.
func (g Glob) Recursive() bool {
	for _, element := range g.elements {
		if element == anywhere {
			return true
		}
	}
	return false
}

// Literal is the only path that can match, if there is but one.
func (g Glob) Literal() (string, bool) {
	last := g.elements[len(g.elements)-1]
	if len(g.elements) > 1 || isWild(last) {
		return "", false
	}
	return path.Join(g.Root, unquote(last)), true // it may be a quoted dot
}
