package watchpoint

import (
	"context"
	"fmt"
	"io/fs"
	"time"

	"wprun/internal/poll"
)

// base is one directory that holds watchpoints, existing or not. Its goroutine
// owns all of it but the mailbox.
type base struct {
	path    string
	entries []*entry
	byName  map[string]*entry
	mail    mailbox
	out     *outbox

	// list reads a directory.
	list  func(ctx context.Context, dir string, found func(name string, kind fs.FileMode)) error
	scans uint64
	pace  poll.Pace
	// changes are those of the current look, not yet handed over.
	changes []Change
}

func newBase(path string, out *outbox) *base {
	return &base{
		path:   path,
		byName: make(map[string]*entry),
		mail:   mailbox{wake: make(chan struct{}, 1)},
		out:    out,
		list:   list,
	}
}

// want adds a name; it belongs before run.
func (b *base) want(name string, key Key) *entry {
	e := b.byName[name]
	if e == nil {
		e = &entry{name: name}
		b.byName[name], b.entries = e, append(b.entries, e)
	}
	e.keys = append(e.keys, key)
	return e
}

// run watches the base until ctx ends.
func (b *base) run(ctx context.Context, h *hub) {
	silent := time.AfterFunc(answerLimit, func() {
		b.out.say("silent:"+b.path, fmt.Sprintf("cannot see watchpoints in %q: its file system has not answered for %v", b.path, answerLimit))
	})
	defer silent.Stop()
	timer := time.NewTimer(answerLimit)
	defer timer.Stop()
	for first := true; ctx.Err() == nil; first = false {
		silent.Reset(answerLimit)
		b.look(ctx, h)
		silent.Stop()
		if first {
			b.out.listed()
		}
		b.listen(ctx, timer, silent)
	}
}

// look arms the events of the base and then lists it.
func (b *base) look(ctx context.Context, h *hub) {
	began := time.Now()
	ceiling := h.arm(b)
	b.scan(ctx)
	b.pace.Looked(began, time.Now(), len(b.changes) > 0, ceiling)
	b.tell()
}

// listen follows hints until the next scan is due.
func (b *base) listen(ctx context.Context, timer, silent *time.Timer) {
	for wait := time.Until(b.pace.Due()); wait > 0; wait = time.Until(b.pace.Due()) {
		timer.Reset(wait)
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-b.mail.wake:
			silent.Reset(answerLimit)
			b.follow(b.mail.take())
			silent.Stop()
		}
	}
}

// follow looks at each name of the hints, which costs nothing for the others.
func (b *base) follow(hints hints) {
	for _, e := range hints.names {
		b.check(e)
	}
	b.tell()
	if hints.dirty {
		b.pace.Hurry()
	}
	if hints.stale {
		b.pace.Hasten(time.Now())
	}
}

// check looks at one entry by its path. It is wrong about nothing: where it
// cannot see, it asks for a scan.
func (b *base) check(e *entry) {
	f, err := look(e.path(b))
	if err != nil {
		b.pace.Hurry()
		return
	}
	b.settle(e, f)
}

// settle records what stands at an entry.
func (b *base) settle(e *entry, f finding) {
	present := f.signals()
	if f.exists && !present {
		b.complain(e, f.fault())
	}
	if present {
		e.complaint = ""
	}
	was := e.present
	if e.expected.CompareAndSwap(true, false) {
		was = true // by the one who made it
	}
	e.present = present
	if present == was {
		return
	}
	for _, key := range e.keys {
		b.changes = append(b.changes, Change{Key: key, Present: present})
	}
}

func (b *base) complain(e *entry, fault string) {
	if e.complaint == fault {
		return
	}
	e.complaint = fault
	topic := "kind:" + e.path(b)
	b.out.forget(topic)
	b.out.say(topic, fmt.Sprintf("cannot take %q for watchpoint %s: %s", e.path(b), e.keys[0].quoted(), fault))
}

// tell hands the changes over.
func (b *base) tell() {
	b.out.put(b.changes)
	b.changes = b.changes[:0]
}
