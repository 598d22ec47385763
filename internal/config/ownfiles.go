package config

import (
	"path/filepath"
	"strings"
)

// ownFiles are those that the configuration was read from. The directory of the
// project and .wprun are no outputs either: the file that is run is in the one, and
// no pattern may name the other.
type ownFiles struct {
	files []string
	// above has one of them for each of their paths and each directory above.
	above map[string]string
}

func newOwnFiles(files []string) ownFiles {
	own := ownFiles{above: map[string]string{}}
	for _, file := range files {
		own.add(file)
		if real := realPath(file); real != file {
			own.add(real)
		}
	}
	return own
}

func (own *ownFiles) add(file string) {
	own.files = append(own.files, file)
	for at := file; at != "/" && own.above[at] == ""; at = filepath.Dir(at) {
		own.above[at] = file
	}
}

// in returns a file that is an output or in it, "" if there is none.
func (own *ownFiles) in(o output) string {
	if o.plain() {
		return own.above[o.text]
	}
	for _, file := range own.files {
		if strings.HasPrefix(file, o.Prefix()) && o.Holds(file) {
			return file
		}
	}
	return ""
}
