package output

import (
	"encoding/json"
	"strings"
	"time"
)

const (
	clock = "15:04:05.000 "

	// maxPad keeps one very long name from indenting everybody's lines.
	maxPad = 32
)

// look is how the lines of one process appear on the screen.
type look struct {
	json   bool
	color  bool
	stamps bool
	skip   int // bytes at the start of a line that are not the process's
	// first stands before a line, next before the further pieces of a long one.
	first, next []byte
	name        []byte // encoded as JSON
}

// lookOf makes the look of a process, which gets its colour by its place among the
// names.
func (h *Hub) lookOf(name string) *look {
	quoted, err := json.Marshal(name)
	if err != nil {
		quoted = []byte(`""`) // cannot happen: every string has an encoding
	}
	place, ok := h.place[name]
	if !ok {
		place = len(h.place)
	}
	c := &h.config
	return &look{
		json:   c.Mode == JSON,
		color:  c.Color,
		stamps: c.Timestamps,
		first:  c.prefix(name, '|', place, h.width),
		next:   c.prefix(name, '\\', place, h.width),
		name:   quoted,
	}
}

func (c *Config) prefix(name string, mark byte, i, width int) []byte {
	text := name + strings.Repeat(" ", max(0, width-len(name))) + " " + string(mark)
	if c.Color {
		// Cyan, yellow, green, magenta, blue; then the same, bright. Red is for errors.
		colors := [...]string{"36", "33", "32", "35", "34", "96", "93", "92", "95", "94"}
		text = "\x1b[" + colors[i%len(colors)] + "m" + text + sgrReset
	}
	return []byte(text + " ")
}

// padWidth is the width that names are padded to.
func padWidth(names []string) int {
	width := 0
	for _, n := range names {
		width = max(width, len(n))
	}
	return min(width, maxPad)
}

// stamp writes the time as lines of this look carry it, nothing if they do not.
func (l *look) stamp(dst []byte, t time.Time) []byte {
	switch {
	case l.json:
		return t.AppendFormat(dst, jsonTime)
	case l.stamps:
		return t.AppendFormat(dst, clock)
	}
	return dst
}

// now is the time, if lines of this look carry it.
func (l *look) now() time.Time {
	if l.json || l.stamps {
		return time.Now()
	}
	return time.Time{}
}

// line appends a piece as one whole line of the screen.
func (l *look) line(dst, stamp []byte, pc piece) []byte {
	if !pc.more {
		pc.text = pc.text[min(l.skip, len(pc.text)):]
	}
	if l.json {
		return appendJSON(dst, stamp, l.name, pc)
	}
	dst = append(dst, stamp...)
	if pc.more {
		dst = append(dst, l.next...)
	} else {
		dst = append(dst, l.first...)
	}
	return append(appendText(dst, pc.text, l.color), '\n')
}

// appendText appends what a terminal may see of a line.
func appendText(dst, text []byte, color bool) []byte {
	if isPlain(text) {
		return append(dst, text...)
	}
	return clean(dst, afterCR(text), color)
}
