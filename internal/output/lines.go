package output

import (
	"bytes"
	"unicode/utf8"
)

// maxLine is the length, in bytes, from which a line is cut into pieces.
const maxLine = 64 << 10

// piece is a line, or a part of a line that is longer than maxLine.
type piece struct {
	text []byte // without its newline; valid until the next call of next
	more bool   // it continues the piece before it
	end  bool   // a newline ended it
}

// splitter cuts a stream of bytes into pieces. It keeps what no newline has
// ended yet, at most maxLine bytes. The zero value is ready for use.
type splitter struct {
	held   []byte
	sent   int // bytes at the start of held that the last piece was made of
	inside bool
}

// next returns the first piece of what is held and p, and the rest of p. When
// p has no further piece, ok is false and all of p is held.
func (s *splitter) next(p []byte) (pc piece, rest []byte, ok bool) {
	s.forget()
	room := maxLine - len(s.held)
	// One byte more than the room: a newline there ends a line of just maxLine.
	if i := bytes.IndexByte(p[:min(len(p), room+1)], '\n'); i >= 0 {
		return s.piece(s.join(p[:i]), true), p[i+1:], true
	}
	if len(p) <= room {
		s.held = append(s.held, p...)
		return piece{}, nil, false
	}
	if len(s.held) == 0 {
		n := wholeRunes(p[:room])
		return s.piece(p[:n], false), p[n:], true
	}
	text := s.join(p[:room])
	s.sent = wholeRunes(text)
	return s.piece(text[:s.sent], false), p[room:], true
}

// flush returns what no newline has ended, if there is any.
func (s *splitter) flush() (pc piece, ok bool) {
	s.forget()
	if len(s.held) == 0 {
		s.inside = false
		return piece{}, false
	}
	return s.piece(s.join(nil), true), true
}

// forget drops the bytes of the last piece from what is held.
func (s *splitter) forget() {
	if s.sent > 0 {
		s.held = append(s.held[:0], s.held[s.sent:]...)
		s.sent = 0
	}
}

// join returns what is held followed by p, without a copy if nothing is held.
func (s *splitter) join(p []byte) []byte {
	if len(s.held) == 0 {
		return p
	}
	s.held = append(s.held, p...)
	s.sent = len(s.held)
	return s.held
}

func (s *splitter) piece(text []byte, end bool) piece {
	more := s.inside
	s.inside = !end
	return piece{text: text, more: more, end: end}
}

// wholeRunes is the length of p without a rune that p has only the start of.
func wholeRunes(p []byte) int {
	for i := len(p) - 1; i >= max(0, len(p)-utf8.UTFMax+1); i-- {
		if !utf8.RuneStart(p[i]) {
			continue
		}
		if !utf8.FullRune(p[i:]) {
			return i
		}
		break
	}
	return len(p)
}
