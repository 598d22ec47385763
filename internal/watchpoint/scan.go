package watchpoint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// chunk is the number of entries read at once: a long listing is left soon when
// the context ends, and takes no memory.
const chunk = 512

// scan finds out what stands at every entry. It opens the base by its path,
// because an open directory may be another one than the path leads to by now,
// and because opening is what makes a network file system ask its server.
func (b *base) scan(ctx context.Context) {
	b.scans++
	err := b.list(ctx, b.path, b.found)
	switch {
	case ctx.Err() != nil:
	case err == nil:
		b.settleAll()
	case errors.Is(err, fs.ErrNotExist):
		b.settleAll()
	case errors.Is(err, syscall.ENOTDIR):
		b.settleAll()
		b.out.say("base:"+b.path, fmt.Sprintf("cannot see watchpoints in %q: it is not a directory", b.path))
	default:
		b.checkAll(err)
	}
}

// found notes an entry of the listing if it is wanted.
func (b *base) found(name string, kind fs.FileMode) {
	if e := b.byName[name]; e != nil {
		e.seen, e.kind = b.scans, kind
	}
}

// settleAll records the listing, in the order of the entries.
func (b *base) settleAll() {
	open := isOpen(b.path)
	if open {
		b.out.say("open:"+b.path, fmt.Sprintf("cannot trust everybody in %q, where anybody can make directories: only those of this user and of root count", b.path))
	}
	for _, e := range b.entries {
		f := finding{exists: e.seen == b.scans, kind: e.kind}
		if open && f.signals() {
			var err error
			if f, err = look(e.path(b)); err != nil {
				continue // it is as it was
			}
		}
		b.settle(e, f)
	}
}

// checkAll looks at every entry by its path where the base cannot be listed. An
// entry that cannot be looked at either is taken to be as it was.
func (b *base) checkAll(listing error) {
	blind := false
	for _, e := range b.entries {
		f, err := look(e.path(b))
		if err != nil {
			blind = true
			continue
		}
		b.settle(e, f)
	}
	if blind {
		b.out.say("base:"+b.path, fmt.Sprintf("cannot see watchpoints in %q: %v", b.path, listing))
	}
}

// list calls found for every entry of a directory, which is open only meanwhile.
func list(ctx context.Context, dir string, found func(name string, kind fs.FileMode)) error {
	// A pipe in the place of the directory must not be waited for.
	f, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_DIRECTORY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	for ctx.Err() == nil {
		entries, err := f.ReadDir(chunk)
		for _, e := range entries {
			found(e.Name(), e.Type())
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
