package config

import (
	"path/filepath"
)

// source is one file and what it says for its own processes.
type source struct {
	l *loader
	// file is as messages call it, dir the absolute directory that holds it.
	file, dir string
	text      string
	hash      string
	located   *lines // made when first asked for: most files have no mistake
	top       table
	decoded
	shell []string
	env   *environment
	// defaults are for the processes of each kind.
	defaults map[string]*table
}

// open returns false after it has reported why the file is no TOML; then the
// source is empty.
func (l *loader) open(file, absolute string) (*source, bool) {
	s := &source{l: l, file: file, dir: filepath.Dir(absolute)}
	s.top = table{at: place{in: s}}
	l.sources = append(l.sources, s)
	l.config.Files = append(l.config.Files, absolute)
	return s, s.read()
}

// emptyTable is one that says nothing.
func (s *source) emptyTable() table { return table{at: place{in: s}} }

func (s *source) lines() lines {
	if s.located == nil {
		l := scan(s.text)
		s.located = &l
	}
	return *s.located
}

// readOwn reads what the processes of the file share. Those of every file have
// the common variables.
func (s *source) readOwn(common []string) {
	s.shell = readShell(s.top)
	s.env = newEnvironment(s.top, common)
	s.readDefaults()
}

// readDefaults reads them as if they were a process, so that each mistake in
// them is told even if no process has it.
func (s *source) readDefaults() {
	s.defaults = map[string]*table{}
	all := s.top.sub("defaults")
	all.check(defaultsFields, nil, "")
	for _, kind := range names(defaultsFields) {
		if !all.has(kind) {
			continue
		}
		t := all.sub(kind)
		t.owner, t.prefix = owner{kind: "[defaults." + kind + "]"}, ""
		checkFields(t, kind)
		s.defaults[kind] = &t
		d := &declared{Process: &Process{Service: kind == "service"}, table: table{at: t.at, owner: t.owner}.withDefaults(&t)}
		d.readFields()
		if t.has("matrix") {
			readMatrix(t)
		}
	}
}

// matrixKeys are the keys of the matrix at a place, in the order of the file.
func (s *source) matrixKeys(at place) []string { return s.axes[at.keyPath] }

// absolute takes a path as relative to the file.
func (s *source) absolute(path string) string {
	switch {
	case path == "":
		return s.dir
	case filepath.IsAbs(path):
		return filepath.Clean(path)
	}
	return filepath.Join(s.dir, path)
}

// relative is an absolute path as the file would write it.
func (s *source) relative(path string) string {
	if short, err := filepath.Rel(s.dir, path); err == nil && filepath.IsLocal(short) {
		return short
	}
	return path
}

// display names a file beside this one, as the user would.
func (s *source) display(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(s.file), name)
}
