package glob

import (
	"errors"
	"fmt"
	"path"
	"strings"
)

// maxChoices bounds what the braces of one pattern may stand for.
const maxChoices = 256

// special are the characters that may have a meaning in a pattern.
const special = `*?[\{}`

// Parse checks an absolute pattern. It returns one Glob for each choice that its
// braces leave.
func Parse(pattern string) ([]Glob, error) {
	if !strings.HasPrefix(pattern, "/") {
		return nil, fmt.Errorf("%q is not absolute", pattern)
	}
	if !strings.ContainsAny(pattern, special) && path.Clean(pattern) == pattern && pattern != "/" {
		dir, name := path.Split(pattern) // most patterns of a large file are plain paths
		return []Glob{{Root: path.Clean(dir), elements: []string{name}}}, nil
	}
	choices, err := expand(pattern)
	if err != nil {
		return nil, err
	}
	var globs []Glob
	for _, choice := range choices {
		g, err := parse(choice)
		if err != nil {
			return nil, err
		}
		globs = append(globs, g)
	}
	return globs, nil
}

// Quote takes the meaning from whatever in a path has one in a pattern.
func Quote(file string) string {
	if !strings.ContainsAny(file, special) {
		return file
	}
	var b strings.Builder
	for i := range len(file) {
		if strings.IndexByte(special, file[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(file[i])
	}
	return b.String()
}

func parse(pattern string) (Glob, error) {
	elements, err := clean(pattern)
	if err != nil {
		return Glob{}, err
	}
	switch {
	case len(elements) == 0:
		return Glob{}, errors.New("it names the root directory")
	case elements[len(elements)-1] == anywhere:
		elements = append(elements, "*")
	}
	g := Glob{Root: "/"}
	for len(elements) > 1 && !isWild(elements[0]) {
		g.Root = path.Join(g.Root, unquote(elements[0]))
		elements = elements[1:]
	}
	if len(elements) > maxElements {
		return Glob{}, fmt.Errorf("it has more than %d elements", maxElements)
	}
	g.elements = elements
	return g, nil
}

// clean splits a pattern at its slashes and follows "..", as far as that can be
// done without looking.
func clean(pattern string) ([]string, error) {
	var elements []string
	for element := range strings.SplitSeq(pattern, "/") {
		last := len(elements) - 1
		switch {
		case element == "" || element == ".":
		case element != "..":
			element, err := checked(element)
			if err != nil {
				return nil, err
			}
			if element != anywhere || last < 0 || elements[last] != anywhere {
				elements = append(elements, element)
			}
		case last < 0:
		case isWild(elements[last]):
			return nil, errors.New(`".." after a wildcard leads nowhere`)
		default:
			elements = elements[:last]
		}
	}
	return elements, nil
}

// checked returns an element as path.Match has them.
func checked(element string) (string, error) {
	if element != anywhere && strings.Contains(element, anywhere) && !strings.Contains(element, `\`) {
		return "", fmt.Errorf(`"**" has to stand alone between slashes, as in "src/**/*.go"; %q does not`, element)
	}
	element = strings.ReplaceAll(element, "[!", "[^")
	if _, err := path.Match(element, ""); err != nil {
		return "", fmt.Errorf("%q is no pattern: a [ is not closed, or a \\ ends it", element)
	}
	return element, nil
}

// isWild says that an element matches more than one name.
func isWild(element string) bool {
	for i := 0; i < len(element); i++ {
		switch element[i] {
		case '\\':
			i++
		case '*', '?', '[':
			return true
		}
	}
	return false
}

// unquote is the name that an element without wildcards matches.
func unquote(element string) string {
	if !strings.Contains(element, `\`) {
		return element
	}
	var b strings.Builder
	for i := 0; i < len(element); i++ {
		if element[i] == '\\' && i+1 < len(element) {
			i++
		}
		b.WriteByte(element[i])
	}
	return b.String()
}
