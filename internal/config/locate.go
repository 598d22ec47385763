package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Limits that keep the TOML library within bounded stack and memory: it recurses
// for each level and keeps the whole path of each key, as the scanner does.
const (
	maxDepth = 32
	maxPaths = 256 << 20 // bytes of all paths together
	pathCost = 64        // bytes for each path beside its text
)

// keyPath is the path of a value in a file: its keys and indexes in a form in
// which no two paths are alike. The zero value is the top level.
type keyPath string

// What a key and an index in a keyPath begin with.
const (
	keyMark   = '\x00'
	indexMark = '\x01'
)

func (p keyPath) key(name string) keyPath { return p + "\x00" + keyPath(name) }
func (p keyPath) index(i int) keyPath     { return p + "\x01" + keyPath(strconv.Itoa(i)) }

func (p keyPath) parent() keyPath {
	return p[:max(0, strings.LastIndexAny(string(p), "\x00\x01"))]
}

// place is where something stands, in which file.
type place struct {
	in *source
	keyPath
}

func (p place) key(name string) place { return place{p.in, p.keyPath.key(name)} }
func (p place) index(i int) place     { return place{p.in, p.keyPath.index(i)} }

// line counts from 1; 0 is unknown.
func (p place) line() int { return p.in.lines().of(p.keyPath) }

// elsewhere says where a place is if that is another file than here: " in
// FILE:LINE".
func (p place) elsewhere(here place) string {
	if p.in == here.in {
		return ""
	}
	return fmt.Sprintf(" in %s:%d", p.in.file, p.line())
}

// lines knows on which line of a text each value stands. The TOML library tells
// the position of syntax errors only. What it cannot place it does not know,
// and then nearest is the line of the table around it.
type lines struct {
	at map[keyPath]int
	// implied are tables without a header, such as "task" of [task.a]: with the
	// line of the first header below them, which nothing else may be given.
	implied map[keyPath]int
	// starts are where statements ("key =" and "[table]") begin, in order.
	starts []statement
}

type statement struct {
	offset int
	at     keyPath
}

// of returns the line of a place, or of what is around it; 0 if unknown.
func (l lines) of(p keyPath) int {
	if _, explicit := l.at[p]; !explicit && l.implied[p] > 0 {
		return l.implied[p]
	}
	for ; p != ""; p = p.parent() {
		if line, ok := l.at[p]; ok {
			return line
		}
	}
	return 0
}

// secret says whether the text at offset may be part of the value of an
// environment variable.
func (l lines) secret(text string, offset int) bool {
	var in statement
	for _, s := range l.starts {
		if s.offset > offset {
			break
		}
		in = s
	}
	return strings.Contains(string(in.at), "\x00env") || strings.Contains(text[in.offset:offset], "env")
}

// scan notes the line of every table, key and list element. It reads correct
// TOML; in any other text it stops where it no longer understands.
func scan(text string) lines {
	s := newScanner(text, maxPaths)
	s.lines = lines{at: map[keyPath]int{}, implied: map[keyPath]int{}}
	s.notes = true
	for s.statement() {
	}
	return s.lines
}

// survey refuses a text that would be too deep for the TOML library, and tells the
// line on which it is. It finds the offsets at which a text may be cut into pieces of
// at least some size, and takes a fraction of the time of a scan.
func survey(text string, size int) (cuts []int, line int, err error) {
	s := newScanner(text, maxPaths)
	s.size = size
	for s.statement() {
	}
	if s.uncut {
		s.cuts = nil
	}
	return s.cuts, s.line, s.err
}

func newScanner(text string, limit int) *scanner {
	return &scanner{text: text, line: 1, tables: map[keyPath]int{}, limit: limit, size: len(text)}
}

// scanner has the paths of where it is in buffers that it uses again: a path is
// valid until the next one that does not go on from it.
type scanner struct {
	text   string
	pos    int
	line   int
	table  []byte // path of the last header
	depth  int    // of that table
	parts  []string
	tables map[keyPath]int
	notes  bool // whether lines are noted
	lines  lines
	limit  int // of paths
	paths  int // bytes used
	size   int // of a piece, at least
	cuts   []int
	uncut  bool // whether pieces could not be understood by themselves
	err    error
}

// cut has a piece begin at the header of a process, if the last one is long enough.
func (s *scanner) cut(start int, parts []string) {
	last := 0
	if len(s.cuts) > 0 {
		last = s.cuts[len(s.cuts)-1]
	}
	switch {
	case len(parts) == 1 && ofAll(parts[0]):
		s.uncut = true
	case len(parts) == 2 && isKind(parts[0]) && start-last >= s.size && s.text[start-1] == '\n':
		s.cuts = append(s.cuts, start)
	}
}

// ofAll says that a key at the top says something of all processes, or may do so as
// nobody has undone its escapes.
func ofAll(key string) bool { return isKind(key) || key == "\x00" }

// statement reads one header or key with its value; false at the end.
func (s *scanner) statement() bool {
	s.space(true)
	start, line := s.pos, s.line
	var at []byte
	ok := s.pos < len(s.text)
	if ok && s.text[s.pos] == '[' {
		at, ok = s.header()
	} else if ok {
		at, ok = s.keyValue(s.table, s.depth)
	}
	if len(at) > 0 && s.notes {
		s.note(at, line)
		s.lines.starts = append(s.lines.starts, statement{start, keyPath(at)})
	}
	return ok
}

// note keeps the first line: of a table that is continued, the beginning.
func (s *scanner) note(at []byte, line int) {
	if !s.notes {
		return
	}
	if _, known := s.lines.at[keyPath(at)]; !known {
		s.lines.at[keyPath(at)] = line
	}
}

// below is the place of a key at a place, unless the paths take too much.
func (s *scanner) below(at []byte, key string) ([]byte, bool) {
	if s.paths += len(at) + len(key) + pathCost; s.paths > s.limit {
		return nil, s.fail("it has too many keys")
	}
	return append(append(at, keyMark), key...), true
}

// indexed is the place of an element of the list at a place.
func indexed(at []byte, i int) []byte { return strconv.AppendInt(append(at, indexMark), int64(i), 10) }

func (s *scanner) fail(format string, args ...any) bool {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
	return false
}

func (s *scanner) tooDeep(depth int) bool {
	return depth > maxDepth && !s.fail("it nests deeper than %d levels", maxDepth)
}

// header reads "[a.b]" or "[[a.b]]" and makes it the current table.
func (s *scanner) header() ([]byte, bool) {
	list, start := strings.HasPrefix(s.text[s.pos:], "[["), s.pos
	s.pos++
	if list {
		s.pos++
	}
	parts, ok := s.keys(']')
	if !ok || list && !s.accept(']') || s.tooDeep(len(parts)) {
		return nil, false
	}
	s.cut(start, parts)
	at := s.table[:0]
	for i, part := range parts {
		if at, ok = s.below(at, part); !ok {
			return nil, false
		}
		if s.notes && (list || i < len(parts)-1) && s.lines.implied[keyPath(at)] == 0 {
			s.lines.implied[keyPath(at)] = s.line
		}
		if n, ok := s.tables[keyPath(at)]; ok && (!list || i < len(parts)-1) {
			at = indexed(at, n)
		}
	}
	if list {
		n, again := s.tables[keyPath(at)]
		if again {
			n++
		}
		s.tables[keyPath(at)] = n
		at = indexed(at, n)
	}
	s.table, s.depth = at, len(parts)
	return at, true
}

// keyValue reads "a.b = value" in the table at base.
func (s *scanner) keyValue(base []byte, depth int) ([]byte, bool) {
	line := s.line
	parts, ok := s.keys('=')
	s.uncut = s.uncut || ok && depth == 0 && ofAll(parts[0])
	depth += len(parts)
	if !ok || s.tooDeep(depth) {
		return nil, false
	}
	at := base
	for _, part := range parts {
		if at, ok = s.below(at, part); !ok {
			return nil, false
		}
		s.note(at, line)
	}
	s.space(false)
	return at, s.value(at, depth)
}

// keys reads the parts of a dotted key and the character that ends it. They are
// valid until the next ones are read.
func (s *scanner) keys(end byte) ([]string, bool) {
	s.parts = s.parts[:0]
	for {
		s.space(false)
		part, ok := s.key()
		if !ok || s.tooDeep(len(s.parts)) {
			return nil, false
		}
		s.parts = append(s.parts, part)
		s.space(false)
		if !s.accept('.') {
			return s.parts, s.accept(end)
		}
	}
}

// key reads one part of a key. A quoted key with an escape becomes one that no
// place is ever looked up by.
func (s *scanner) key() (string, bool) {
	start := s.pos
	if s.accept('"') {
		ok := s.until('"', true)
		if part := s.text[start:s.pos]; !ok || strings.Contains(part, `\`) {
			return "\x00", ok
		}
		return s.text[start+1 : s.pos-1], true
	}
	if s.accept('\'') {
		ok := s.until('\'', false)
		return strings.Trim(s.text[start:s.pos], "'"), ok
	}
	for s.pos < len(s.text) && isBare(s.text[s.pos]) {
		s.pos++
	}
	return s.text[start:s.pos], s.pos > start
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// until moves behind the quote that ends a string of one line.
func (s *scanner) until(quote byte, escapes bool) bool {
	for s.pos < len(s.text) && s.text[s.pos] != '\n' {
		c := s.text[s.pos]
		s.pos++
		if c == '\\' && escapes {
			s.pos = min(s.pos+1, len(s.text))
		} else if c == quote {
			return true
		}
	}
	return false
}

func (s *scanner) accept(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// space skips blanks, and on request line ends and comments too.
func (s *scanner) space(lineEnds bool) {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == ' ' || c == '\t':
		case c == '\n' && lineEnds:
			s.line++
		case c == '\r' && lineEnds:
		case c == '#' && lineEnds:
			s.pos += lengthOfLine(s.text[s.pos:]) - 1
		default:
			return
		}
	}
}

// lengthOfLine does not count the line end.
func lengthOfLine(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}
