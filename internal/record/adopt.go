package record

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// adopt gives the output that was written aside its name. A warning says where what
// stood there is kept, if it is not all the task's.
func (b *Book) adopt(ctx context.Context, p *picture) (warning string, err error) {
	path := p.task.Atomic
	if path == "" {
		return "", nil
	}
	temporary := Temporary(path)
	files, err := standing(ctx, temporary)
	var made []Entry
	var size int64
	if err == nil {
		made, size, err = b.bare(files)
	}
	switch {
	case err != nil:
		return "", fmt.Errorf("cannot look at the output %q: %w", temporary, err)
	case len(made) == 0 && !isDir(temporary):
		return "", lacking("its output %q is missing: it has to be written to $WPRUN_OUTPUT", b.near(path))
	case size == 0:
		return "", lacking("its output %q is empty", b.near(path))
	}
	if warning, err = b.vacate(ctx, p); err != nil {
		return "", fmt.Errorf("cannot replace the output %q: %w", b.near(path), err)
	}
	if err := b.act(func() error { return os.Rename(temporary, path) }); err != nil {
		return warning, fmt.Errorf("cannot rename an output: %w", err)
	}
	return warning, nil
}

// vacate makes way for an output, and keeps what somebody has made of the last one.
func (b *Book) vacate(ctx context.Context, p *picture) (warning string, err error) {
	path := p.task.Atomic
	was, err := os.Lstat(path)
	switch {
	case absent(err):
		return "", nil
	case err != nil:
		return "", err
	}
	why, err := b.editedSince(ctx, p, was.IsDir())
	switch {
	case err != nil:
		return "", err
	case why != "":
		kept, err := b.moveAside(ctx, p, path)
		return why + "; what was there is kept: " + plain(kept), err
	case was.IsDir(): // no other one can be renamed to it
		return "", b.act(func() error { return os.RemoveAll(path) })
	}
	return "", nil
}

// moveAside is for what no command has to find any more.
func (b *Book) moveAside(ctx context.Context, p *picture, path string) (kept string, err error) {
	name, err := b.room(p.now.Run, p.task.Name)
	if err != nil {
		return "", err
	}
	kept = b.aside(p.now.Run, name, b.near(path))
	err = b.move(path, kept)
	if errors.Is(err, syscall.EXDEV) { // an output outside of the project
		if err = b.copyTree(ctx, kept, path); err == nil {
			err = b.act(func() error { return os.RemoveAll(path) })
		}
	}
	return b.near(kept), err
}

// editedSince says why an atomic output may not be all the task's: something is neither
// as the last record has it nor as Check has seen, and kept, it. Without a record all
// of a directory may be somebody's. It is "" if nothing is.
func (b *Book) editedSince(ctx context.Context, p *picture, dir bool) (why string, err error) {
	last, err := b.last(p)
	if err != nil {
		return "", err
	}
	files, err := standing(ctx, p.task.Atomic)
	switch {
	case err != nil:
		return "", err
	case last != nil && last.Format == format:
		return b.editedOf(ctx, p, last, files)
	case dir && len(files) > 0:
		return "no record says who has made what its output replaces", nil
	}
	return "", nil
}

func (b *Book) editedOf(ctx context.Context, p *picture, last *Record, files []file) (why string, err error) {
	const edited = "its output was changed by somebody else"
	s := b.sight(ctx, b.clock)
	for _, f := range files {
		was, at := entryOf(p.seen, b.near(f.path)), p.now.OutputsAt
		if was == nil {
			was, at = entryOf(last.Outputs, b.near(f.path)), last.OutputsAt
		}
		if was == nil {
			return edited, nil
		}
		now, err := s.entry(f, was, at)
		if absent(err) || err == nil && (now.Hash == was.Hash || was.Hash == "" && now.stamp == was.stamp) {
			continue
		}
		return edited, err
	}
	return "", nil
}

// last is the record of the last success, if only of the command.
func (b *Book) last(p *picture) (*Record, error) {
	switch {
	case p.old != nil:
		return p.old, nil
	case p.succeeded:
		return p.attempted, nil
	}
	return b.read(p.task.Name, previous)
}

// standing is what is at the place of an output: nothing in an empty directory.
func standing(ctx context.Context, path string) ([]file, error) {
	f := finder{ctx: ctx, pattern: path}
	err := f.take(path)
	if len(f.files) == 1 && f.files[0].mode == 0 && f.files[0].path == path {
		return nil, err
	}
	return f.files, err
}
