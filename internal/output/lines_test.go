package output

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// split writes the chunks to a splitter and spells each piece: its text, "$"
// for a newline, "..." before a continuation.
func split(chunks ...string) []string {
	var s splitter
	var got []string
	spell := func(pc piece) string {
		text := string(pc.text)
		if pc.more {
			text = "..." + text
		}
		if pc.end {
			text += "$"
		}
		return text
	}
	for _, c := range chunks {
		for p := []byte(c); ; {
			pc, rest, ok := s.next(p)
			if !ok {
				break
			}
			got, p = append(got, spell(pc)), rest
		}
	}
	if pc, ok := s.flush(); ok {
		got = append(got, spell(pc)+"EOF")
	}
	return got
}

func TestSplitter(t *testing.T) {
	long := strings.Repeat("x", maxLine)
	tests := []struct {
		name   string
		chunks []string
		want   []string
	}{
		{"nothing", nil, nil},
		{"lines", []string{"a\nb\n"}, []string{"a$", "b$"}},
		{"empty lines", []string{"\n\n"}, []string{"$", "$"}},
		{"no newline at the end", []string{"a\nb"}, []string{"a$", "b$EOF"}},
		{"a line in three writes", []string{"a", "b", "c\nd\n"}, []string{"abc$", "d$"}},
		{"newline alone", []string{"a", "\n"}, []string{"a$"}},
		{"just the limit", []string{long + "\n" + "b\n"}, []string{long + "$", "b$"}},
		{"just the limit in two writes", []string{long, "\n"}, []string{long + "$"}},
		{"one more than the limit", []string{long + "y\nb\n"}, []string{long, "...y$", "b$"}},
		{"one more in two writes", []string{long, "y\nb\n"}, []string{long, "...y$", "b$"}},
		{"twice the limit and no end", []string{long + long}, []string{long, "..." + long + "$EOF"}},
		{"cut before a rune", []string{long[1:] + "é\n"}, []string{long[1:], "...é$"}},
		{"cut before a rune that came in two", []string{long[1:] + "\xe2\x82", "\xac!\n"}, []string{long[1:], "...€!$"}},
		{"cut before a rune behind what is held", []string{"x", long[2:] + "é\n"}, []string{long[1:], "...é$"}},
		{"cut in what is no rune", []string{long[3:] + "\x80\x80\x80\x80\n"}, []string{long[3:] + "\x80\x80\x80", "...\x80$"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, split(tt.chunks...)); d != "" {
				t.Error(d)
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\nb\r\n\n"), uint16(3), uint8(0))
	f.Add([]byte("no newline"), uint16(1), uint8(0))
	f.Add([]byte("é€😀\xff\x00\n"), uint16(5), uint8(200))
	f.Add(bytes.Repeat([]byte("é"), 50), uint16(maxLine/2+3), uint8(250))
	f.Fuzz(func(t *testing.T, text []byte, chunk uint16, copies uint8) {
		text = bytes.Repeat(text, int(copies)*8+1)
		text = text[:min(len(text), 4*maxLine)]
		var s splitter
		var joined []byte
		inside := false
		check := func(pc piece) {
			if len(pc.text) > maxLine || bytes.ContainsRune(pc.text, '\n') || pc.more != inside {
				t.Fatalf("piece of %d bytes, more %v after end %v", len(pc.text), pc.more, !inside)
			}
			if !pc.end && len(pc.text) <= maxLine-utf8.UTFMax {
				t.Fatalf("line cut after %d bytes", len(pc.text))
			}
			joined, inside = append(joined, pc.text...), !pc.end
			if pc.end {
				joined = append(joined, '\n')
			}
		}
		for rest := text; len(rest) > 0; {
			n := min(len(rest), int(chunk)+1)
			p := bytes.Clone(rest[:n])
			rest = rest[n:]
			for {
				pc, more, ok := s.next(p)
				if !ok {
					break
				}
				check(pc)
				p = more
			}
			clear(p) // the splitter must not keep it
			if len(s.held) > maxLine {
				t.Fatalf("%d bytes held", len(s.held))
			}
		}
		if pc, ok := s.flush(); ok {
			check(pc)
			joined = joined[:len(joined)-1]
		}
		if !bytes.Equal(joined, text) {
			t.Fatalf("%d bytes in, %d bytes out, or other bytes", len(text), len(joined))
		}
	})
}
