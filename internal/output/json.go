package output

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"
)

// jsonTime is RFC 3339 with milliseconds.
const jsonTime = "2006-01-02T15:04:05.000Z07:00"

// appendJSON appends one output line as a JSON object and a newline. Name is
// already encoded. A piece that does not end its line has "more": true.
func appendJSON(dst, stamp, name []byte, pc piece) []byte {
	dst = append(append(dst, `{"time":"`...), stamp...)
	dst = append(append(dst, `","process":`...), name...)
	dst = append(dst, `,"line":`...)
	dst = appendString(dst, bytes.TrimSuffix(pc.text, []byte("\r")))
	if !pc.end {
		dst = append(dst, `,"more":true`...)
	}
	return append(dst, "}\n"...)
}

// appendString appends text as a JSON string; invalid UTF-8 becomes U+FFFD.
func appendString(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for len(text) > 0 {
		n := 1
		switch c := text[0]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c < utf8.RuneSelf:
			n = asciiPrefix(text)
			dst = append(dst, text[:n]...)
		default:
			var r rune
			r, n = utf8.DecodeRune(text)
			dst = utf8.AppendRune(dst, r)
		}
		text = text[n:]
	}
	return append(dst, '"')
}

// asciiPrefix counts the bytes at the start of text that JSON takes as they are.
func asciiPrefix(text []byte) int {
	for i, c := range text {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return i
		}
	}
	return len(text)
}

// leftOutJSON tells a reader of JSON about lines that were not written.
func leftOutJSON(lines int) []byte {
	dst := time.Now().AppendFormat([]byte(`{"time":"`), jsonTime)
	dst = strconv.AppendInt(append(dst, `","left_out":`...), int64(lines), 10)
	return append(dst, "}\n"...)
}
