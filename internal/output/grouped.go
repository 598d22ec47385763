package output

import (
	"bytes"
	"fmt"
	"io"
	"time"
)

// block is a part of a log that is shown at once, after the process has ended.
// It is read when its turn on the screen comes and never held in memory.
type block struct {
	log        *parts
	start, end int64
	tail       int // show only the last so many lines; 0 for all
	look       look
	at         time.Time
}

// WriteTo writes the lines of the block to w. The error is about the log; an
// error of w ends the block silently.
func (b *block) WriteTo(w io.Writer) (int64, error) {
	s, err := b.log.open(b.start, b.end)
	if err != nil {
		return 0, fmt.Errorf("cannot show the output in %q: %w", b.log.path, err)
	}
	defer s.close()
	start := s.start
	if b.tail > 0 {
		start = tailStart(s, s.start, s.end, b.tail)
	}
	written, err := b.copy(w, io.NewSectionReader(s, start, s.end-start))
	if lost := start - b.start; err == nil && b.tail == 0 && lost > 0 {
		err = fmt.Errorf("cannot show all of the output in %q: the first %d bytes were rotated away; set a larger log.max_size or log.keep", b.log.path, lost)
	}
	return written, err
}

func (b *block) copy(w io.Writer, r io.Reader) (written int64, err error) {
	var lines splitter
	var out []byte
	raw := make([]byte, batch)
	stamp := b.look.stamp(nil, b.at)
	for err == nil {
		var n int
		n, err = r.Read(raw)
		out = b.look.pieces(out[:0], stamp, &lines, raw[:n])
		if err != nil {
			if pc, ok := lines.flush(); ok {
				out = b.look.line(out, stamp, pc)
			}
		}
		n, bad := w.Write(out)
		written += int64(n)
		if bad != nil {
			return written, nil
		}
	}
	if err == io.EOF {
		return written, nil
	}
	return written, fmt.Errorf("cannot show all of the output in %q: %w", b.log.path, err)
}

// pieces appends all pieces that p ends as lines of the screen.
func (l *look) pieces(dst, stamp []byte, lines *splitter, p []byte) []byte {
	for {
		pc, rest, ok := lines.next(p)
		if !ok {
			return dst
		}
		dst, p = l.line(dst, stamp, pc), rest
	}
}

// tailStart finds where the last n lines of r[start:end] begin. It looks back
// no further than n lines of maxLine bytes. What cannot be read counts as text.
func tailStart(r io.ReaderAt, start, end int64, n int) int64 {
	first := max(start, end-int64(n)*maxLine)
	buf := make([]byte, batch)
	// The newline that ends the last line begins no further one.
	for stop := end - 1; stop > first; {
		from := max(first, stop-batch)
		got, _ := r.ReadAt(buf[:stop-from], from)
		part := buf[:got]
		for {
			i := bytes.LastIndexByte(part, '\n')
			if i < 0 {
				break
			}
			if n--; n == 0 {
				return from + int64(i) + 1
			}
			part = part[:i]
		}
		stop = from
	}
	return first
}
