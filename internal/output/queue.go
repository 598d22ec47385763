package output

import "io"

// target is one of the two streams of the screen.
type target uint8

const (
	toOut target = iota
	toErr
)

// segment is a run of bytes for one target or a block for Out.
type segment struct {
	to    target
	size  int
	block io.WriterTo
}

// segmentCost is what a segment counts beside its bytes, so that many tiny
// ones do not take more memory than the queue may have.
const segmentCost = 64

// queue holds what waits for the screen, in order. The zero value is empty.
type queue struct {
	ring     []byte // length zero or a power of two
	head     int    // where the waiting bytes start in ring
	bytes    int    // how many wait
	segments []segment
	first    int // segments[first:] are waiting
}

// size is the memory that waits, in bytes.
func (q *queue) size() int { return q.bytes + (len(q.segments)-q.first)*segmentCost }

func (q *queue) empty() bool { return q.first == len(q.segments) }

// push appends p for the target t.
func (q *queue) push(t target, p []byte) {
	q.grow(len(p))
	tail := q.ring[(q.head+q.bytes)&(len(q.ring)-1):]
	n := copy(tail, p)
	copy(q.ring, p[n:])
	q.bytes += len(p)
	if !q.empty() {
		if last := &q.segments[len(q.segments)-1]; last.block == nil && last.to == t {
			last.size += len(p)
			return
		}
	}
	q.pushSegment(segment{to: t, size: len(p)})
}

// grow makes room for n more bytes.
func (q *queue) grow(n int) {
	if q.bytes+n <= len(q.ring) {
		return
	}
	size := max(batch, len(q.ring))
	for size < q.bytes+n {
		size *= 2
	}
	ring := make([]byte, size)
	q.peek(ring[:q.bytes])
	q.ring, q.head = ring, 0
}

// large says that the queue has more memory than a batch takes.
func (q *queue) large() bool { return len(q.ring) > batch }

// shrink gives up all memory, if nothing waits.
func (q *queue) shrink() {
	if q.empty() {
		*q = queue{}
	}
}

// peek copies the first len(dst) waiting bytes.
func (q *queue) peek(dst []byte) {
	n := copy(dst, q.ring[q.head:])
	copy(dst[n:], q.ring)
}

func (q *queue) pushSegment(s segment) {
	if q.first > len(q.segments)/2 {
		n := copy(q.segments, q.segments[q.first:])
		clear(q.segments[n:])
		q.segments, q.first = q.segments[:n], 0
	}
	q.segments = append(q.segments, s)
}

// pop moves the first bytes that wait for one target to buf, as many as fit, or
// returns the block whose turn it is. Not on an empty queue.
func (q *queue) pop(buf []byte) (t target, p []byte, b io.WriterTo) {
	s := &q.segments[q.first]
	t, b = s.to, s.block
	p = buf[:min(s.size, len(buf))]
	if len(p) > 0 {
		q.peek(p)
		q.head = (q.head + len(p)) & (len(q.ring) - 1)
		q.bytes -= len(p)
		s.size -= len(p)
	}
	if s.size == 0 {
		*s = segment{}
		q.first++
	}
	if q.empty() {
		q.segments, q.first = q.segments[:0], 0
	}
	return t, p, b
}
