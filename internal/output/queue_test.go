package output

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is pushed and popped in whatever sizes, each byte comes out once, in
// order and for its target.
func TestQueueKeepsOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		type marked struct {
			to target
			c  byte
		}
		var in, out []marked
		next, most := byte(0), 0
		push := func(t *rapid.T) {
			to := target(rapid.IntRange(0, 1).Draw(t, "target"))
			p := make([]byte, rapid.IntRange(1, 5_000).Draw(t, "size"))
			for i := range p {
				next++
				p[i] = next
				in = append(in, marked{to, next})
			}
			q.push(to, p)
			most = max(most, q.size())
		}
		pop := func(t *rapid.T) {
			if q.empty() {
				t.Skip("empty")
			}
			buf := make([]byte, rapid.IntRange(1, 7_000).Draw(t, "buffer"))
			to, p, _ := q.pop(buf)
			for _, c := range p {
				out = append(out, marked{to, c})
			}
		}
		t.Repeat(map[string]func(*rapid.T){"push": push, "pop": pop})
		for buf := make([]byte, batch); !q.empty(); {
			to, p, _ := q.pop(buf)
			for _, c := range p {
				out = append(out, marked{to, c})
			}
		}
		if len(in) != len(out) {
			t.Fatalf("%d bytes in, %d out", len(in), len(out))
		}
		for i := range in {
			if in[i] != out[i] {
				t.Fatalf("byte %d of %d: in %v, out %v", i, len(in), in[i], out[i])
			}
		}
		if len(q.ring) > max(batch, 2*most) {
			t.Fatalf("ring of %d bytes for at most %d", len(q.ring), most)
		}
		if q.size() != 0 {
			t.Fatalf("the empty queue has size %d", q.size())
		}
	})
}

func TestQueueTurnsOfBlocks(t *testing.T) {
	var q queue
	b := &block{tail: 1}
	q.push(toOut, []byte("before"))
	q.pushSegment(segment{block: b})
	q.push(toOut, []byte("after"))
	buf := make([]byte, 100)
	if _, p, got := q.pop(buf); got != nil || !bytes.Equal(p, []byte("before")) {
		t.Errorf("first %q, block %v", p, got)
	}
	if _, p, got := q.pop(buf); got != b || len(p) != 0 {
		t.Errorf("then %q, block %v", p, got)
	}
	if _, p, got := q.pop(buf); got != nil || !bytes.Equal(p, []byte("after")) {
		t.Errorf("last %q, block %v", p, got)
	}
}
