package config

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
)

// include reads the files that a source names, and those that they name. A file
// that is named twice is read once. chain has the files that led here.
func (s *source) include(chain []*source) {
	chain = append(chain, s)
	written := s.top.stringOrList("include")
	for i, name := range written {
		at := s.top.place("include")
		if len(written) > 1 {
			at = at.index(i)
		}
		if why := s.includeOne(name, chain); why != "" {
			s.l.broken = true
			s.top.problemAt(at, "include", "%s", why)
		}
	}
}

// includeOne says why a file cannot be included.
func (s *source) includeOne(name string, chain []*source) (why string) {
	path := s.absolute(name)
	real := realPath(path)
	if other := s.l.byPath[real]; other != nil {
		return circle(chain, other)
	}
	info, err := os.Stat(path)
	switch {
	case name == "":
		return "it is empty; name a file"
	case isMissing(err):
		return fmt.Sprintf("there is no file %q", name)
	case err != nil:
		return fmt.Sprintf("%q cannot be read: %v", name, bare(err))
	case !info.Mode().IsRegular():
		return fmt.Sprintf("%q is no file", name)
	}
	other, ok := s.l.open(s.display(name), path)
	s.l.byPath[real] = other
	if !ok {
		s.l.broken = true
		return ""
	}
	other.top.check(includedFields, topFields, "the file that is run")
	other.include(chain)
	return ""
}

// circle says that other is in the chain already.
func circle(chain []*source, other *source) string {
	i := slices.Index(chain, other)
	if i < 0 {
		return ""
	}
	var files []string
	for _, s := range append(slices.Clone(chain[i:]), other) {
		files = append(files, s.file)
	}
	return "a circle: " + strings.Join(files, " includes ")
}

// hash is that of the texts of all files.
func (l *loader) hash() string {
	if len(l.sources) == 1 {
		return l.sources[0].hash
	}
	all := sha256.New()
	for _, s := range l.sources {
		fmt.Fprintln(all, s.hash)
	}
	return fmt.Sprintf("sha256:%x", all.Sum(nil))
}
