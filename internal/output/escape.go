package output

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

const (
	bel, tab, can, sub, esc = 0x07, '\t', 0x18, 0x1a, 0x1b

	sgrReset    = "\x1b[0m"
	replacement = "\uFFFD"
)

// isPlain tells whether a terminal can take p as it is: nothing but printable
// ASCII and TAB.
func isPlain(p []byte) bool {
	for len(p) >= 8 {
		if !plainWord(binary.LittleEndian.Uint64(p)) && !plainBytes(p[:8]) {
			return false
		}
		p = p[8:]
	}
	return plainBytes(p)
}

// plainWord looks at eight bytes at once: none is below 0x20, 0x7f or above.
// A carry or a borrow can only come from a byte that is flagged itself.
func plainWord(w uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	return (w|(w+ones)|(w-0x20*ones))&tops == 0
}

func plainBytes(p []byte) bool {
	for _, c := range p {
		if !plainByte(c) {
			return false
		}
	}
	return true
}

func plainByte(c byte) bool {
	return c >= 0x20 && c < 0x7f || c == tab
}

// afterCR is what a terminal shows of a line in which carriage returns start it
// over: the text behind the last one that has text behind it.
func afterCR(line []byte) []byte {
	line = bytes.TrimRight(line, "\r")
	return line[bytes.LastIndexByte(line, '\r')+1:]
}

// clean appends line to dst in a form that cannot do more to a terminal than
// print: SGR sequences (colours) pass if color is true and are reset at the
// end, all other control sequences and control characters but TAB are dropped,
// NUL and invalid UTF-8 become U+FFFD.
func clean(dst, line []byte, color bool) []byte {
	open := false
	for len(line) > 0 {
		n := plainPrefix(line)
		dst, line = append(dst, line[:n]...), line[n:]
		if len(line) == 0 {
			break
		}
		if line[0] != esc {
			dst, line = cleanRune(dst, line)
			continue
		}
		n, sgr := sequence(line)
		if sgr && color {
			dst = append(dst, line[:n]...)
			open = len(bytes.Trim(line[:n], "\x1b[0;:m")) > 0
		}
		line = line[n:]
	}
	if open {
		dst = append(dst, sgrReset...)
	}
	return dst
}

func plainPrefix(p []byte) int {
	for i, c := range p {
		if !plainByte(c) {
			return i
		}
	}
	return len(p)
}

// cleanRune appends the first rune of line, which is no plain byte, or what is
// shown in its place. It returns the rest of line too.
func cleanRune(dst, line []byte) (grown, rest []byte) {
	r, n := utf8.DecodeRune(line)
	switch {
	case r == 0 || r == utf8.RuneError && n == 1:
		dst = append(dst, replacement...)
	case r < 0xa0: // C0, DEL and, from 0x80, C1
	default:
		dst = append(dst, line[:n]...)
	}
	return dst, line[n:]
}

// sequence measures the control sequence that starts with the ESC at p[0], by
// the grammar of ECMA-48, and tells whether it is a well-formed SGR. Of one
// that is not complete it is the part that surely belongs to it.
func sequence(p []byte) (n int, sgr bool) {
	if len(p) == 1 {
		return 1, false
	}
	switch p[1] {
	case '[':
		return csi(p)
	case ']', 'P', 'X', '^', '_': // OSC, DCS, SOS, PM, APC
		return 2 + controlString(p[2:]), false
	}
	n = 1 + span(p[1:], ' ', '/')
	if n < len(p) && p[n] >= '0' && p[n] <= '~' {
		n++
	}
	return n, false
}

// csi measures ESC [ parameters intermediates final. Parameters that begin with
// one of < = > ? are private: with them the final m is no SGR.
func csi(p []byte) (n int, sgr bool) {
	params := span(p[2:], '0', '?')
	n = 2 + params
	between := span(p[n:], ' ', '/')
	n += between
	if n == len(p) || p[n] < '@' || p[n] > '~' {
		return n, false
	}
	return n + 1, p[n] == 'm' && between == 0 && span(p[2:], '0', ';') == params
}

// controlString measures the string up to its terminator, and with it. It is 0
// when the string does not end in p: then the text stays to be seen.
func controlString(p []byte) int {
	for i, c := range p {
		switch c {
		case bel, can, sub:
			return i + 1
		case esc:
			if i+1 < len(p) && p[i+1] == '\\' {
				return i + 2
			}
			return i
		}
	}
	return 0
}

// span counts the bytes at the start of p that lie between low and high.
func span(p []byte, low, high byte) int {
	for i, c := range p {
		if c < low || c > high {
			return i
		}
	}
	return len(p)
}
