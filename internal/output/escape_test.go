package output

import (
	"bytes"
	"regexp"
	"testing"
	"unicode/utf8"
)

func TestAppendText(t *testing.T) {
	tests := []struct {
		name, in, color, plain string
	}{
		{"plain", "hello, world", "hello, world", "hello, world"},
		{"tab", "a\tb and some more", "a\tb and some more", "a\tb and some more"},
		{"UTF-8", "é € 😀", "é € 😀", "é € 😀"},
		{"colour, closed", "\x1b[31mred\x1b[0m.", "\x1b[31mred\x1b[0m.", "red."},
		{"colour, closed shortly", "\x1b[1;31mred\x1b[m.", "\x1b[1;31mred\x1b[m.", "red."},
		{"colour left open", "\x1b[31mred", "\x1b[31mred\x1b[0m", "red"},
		{"black is no reset", "\x1b[38;5;0mx", "\x1b[38;5;0mx\x1b[0m", "x"},
		{"colours with colons", "\x1b[38:2::1:2:3mx\x1b[0m", "\x1b[38:2::1:2:3mx\x1b[0m", "x"},
		{"private m is no colour", "a\x1b[>4;2mb\x1b[?4mc\x1b[1 md", "abcd", "abcd"},
		{"clear screen", "a\x1b[2J\x1b[Hb", "ab", "ab"},
		{"cursor", "\x1b[10;20Hx\x1b[?25l\x1b[1A", "x", "x"},
		{"title", "a\x1b]0;evil\x07b", "ab", "ab"},
		{"clipboard", "a\x1b]52;c;ZXZpbA==\x1b\\b", "ab", "ab"},
		{"string without end stays to be seen", "a\x1b]52;c;ZXZpbA==", "a52;c;ZXZpbA==", "a52;c;ZXZpbA=="},
		{"string ended by another escape", "\x1b]0;x\x1b[31my", "\x1b[31my\x1b[0m", "y"},
		{"DCS", "a\x1bPq#0;2;0\x1b\\b", "ab", "ab"},
		{"lone escape at the end", "a\x1b", "a", "a"},
		{"two-byte escapes", "a\x1bcb\x1b7c\x1b(Bd", "abcd", "abcd"},
		{"escape before escape", "\x1b\x1b[31mx", "\x1b[31mx\x1b[0m", "x"},
		{"unfinished CSI", "a\x1b[31", "a", "a"},
		{"CSI with a control character", "a\x1b[3\x071mb", "a1mb", "a1mb"},
		{"control characters", "a\x07b\x08c\x0bd\x7fe", "abcde", "abcde"},
		{"NUL", "a\x00b", "a\uFFFDb", "a\uFFFDb"},
		{"C1", "a\u009b31mb\u0085", "a31mb", "a31mb"},
		{"raw C1 is invalid UTF-8", "a\x9b31m", "a\uFFFD31m", "a\uFFFD31m"},
		{"invalid UTF-8", "\xff\xc3(\xe2\x82", "\uFFFD\uFFFD(\uFFFD\uFFFD", "\uFFFD\uFFFD(\uFFFD\uFFFD"},
		{"CRLF", "text\r", "text", "text"},
		{"progress bar", "10%\r20%\r", "20%", "20%"},
		{"progress bar with an end", "10%\r100% done", "100% done", "100% done"},
		{"only carriage returns", "\r\r", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(appendText(nil, []byte(tt.in), true)); got != tt.color {
				t.Errorf("with colours %q, want %q", got, tt.color)
			}
			if got := string(appendText([]byte("> "), []byte(tt.in), false)); got != "> "+tt.plain {
				t.Errorf("without colours %q, want %q", got, "> "+tt.plain)
			}
		})
	}
}

// Each byte value at each place of words of eight and of the rest.
func TestIsPlainLooksAtEveryByte(t *testing.T) {
	for place := range 20 {
		for c := range 256 {
			line := bytes.Repeat([]byte("~ "), 10)
			line[place] = byte(c)
			if got, want := isPlain(line), plainByte(byte(c)); got != want {
				t.Fatalf("isPlain with %#x at %d is %v", c, place, got)
			}
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, s := range []string{
		"plain", "\x1b[31mred", "\x1b[0;1mx\x1b[0m", "\x1b]52;c;x\x07y", "\x1bP\x1b\\", "\x1b[>4m",
		"\x1b\x1b[\x1b[1m", "a\rb\r", "\u009b1m", "\xc2\x1b[0m\x9b", "\x00\xff", "\x1b(\x1b)B",
	} {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	sgr := regexp.MustCompile(`\x1b\[[0-9;:]*m`)
	f.Fuzz(func(t *testing.T, line []byte, color bool) {
		before := bytes.Clone(line)
		got := appendText(nil, line, color)
		if !bytes.Equal(line, before) {
			t.Fatal("the input was changed")
		}
		if !utf8.Valid(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		rest := got
		if color {
			rest = sgr.ReplaceAll(got, nil)
		}
		for _, r := range string(rest) {
			if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
				t.Fatalf("%q has %q", got, r)
			}
		}
		if all := sgr.FindAll(got, -1); len(all) > 0 && bytes.ContainsAny(all[len(all)-1], "123456789") {
			t.Fatalf("%q leaves a colour open", got)
		}
		if again := appendText(nil, got, color); !bytes.Equal(again, got) {
			t.Fatalf("%q, done again %q", got, again)
		}
	})
}
