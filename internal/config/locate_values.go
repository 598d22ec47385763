package config

import "strings"

// value moves behind the value of the key at that place.
func (s *scanner) value(at []byte, depth int) bool {
	if s.tooDeep(depth) || s.pos >= len(s.text) {
		return false
	}
	switch s.text[s.pos] {
	case '"', '\'':
		return s.quoted(s.text[s.pos])
	case '[':
		return s.array(at, depth+1)
	case '{':
		return s.inlineTable(at, depth)
	}
	start := s.pos
	for s.pos < len(s.text) && !strings.ContainsRune(",]}#\r\n", rune(s.text[s.pos])) {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) quoted(quote byte) bool {
	if rest := s.text[s.pos:]; len(rest) >= 3 && rest[1] == quote && rest[2] == quote {
		s.pos += 3
		return s.multiLine(rest[:3])
	}
	s.pos++
	return s.until(quote, quote == '"')
}

// multiLine moves behind the quotes that end a string of many lines.
func (s *scanner) multiLine(end string) bool {
	for s.pos < len(s.text) {
		switch {
		case strings.HasPrefix(s.text[s.pos:], end):
			s.pos += len(end)
			// Up to two quotes before the last three belong to the string.
			if s.accept(end[0]) {
				s.accept(end[0])
			}
			return true
		case s.text[s.pos] == '\\' && end[0] == '"' && !strings.HasPrefix(s.text[s.pos:], "\\\n"):
			s.pos++
		case s.text[s.pos] == '\n':
			s.line++
		}
		s.pos++
	}
	return false
}

// array notes the elements that stand on other lines than its beginning.
func (s *scanner) array(at []byte, depth int) bool {
	first := s.line
	s.pos++
	for i := 0; ; i++ {
		s.space(true)
		if s.accept(']') {
			return true
		}
		if !s.element(at, i, first, depth) {
			return false
		}
		s.space(true)
		if !s.accept(',') {
			return s.accept(']')
		}
	}
}

// element makes a path only where a line can be noted below it.
func (s *scanner) element(at []byte, i, first, depth int) bool {
	if s.line == first && s.pos < len(s.text) && s.text[s.pos] != '[' && s.text[s.pos] != '{' {
		return s.value(nil, depth)
	}
	if s.paths += len(at) + pathCost; s.paths > s.limit {
		return s.fail("it has too many keys")
	}
	at = indexed(at, i)
	if s.line != first {
		s.note(at, s.line)
	}
	return s.value(at, depth)
}

// inlineTable may have line ends, as TOML 1.1 allows.
func (s *scanner) inlineTable(at []byte, depth int) bool {
	s.pos++
	for {
		s.space(true)
		if s.accept('}') {
			return true
		}
		if _, ok := s.keyValue(at, depth); !ok {
			return false
		}
		s.space(true)
		if !s.accept(',') {
			return s.accept('}')
		}
	}
}
