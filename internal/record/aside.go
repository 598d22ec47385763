package record

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// keepEdited copies what somebody has made of outputs to where Begin takes it from:
// a copy may take long, and Begin holds up the run. The outputs stay, for commands
// that work in place.
func (b *Book) keepEdited(ctx context.Context, p *picture) error {
	p.kept = nil
	for _, output := range p.edited() {
		info, err := os.Lstat(b.far(output))
		if absent(err) {
			continue
		}
		if err == nil {
			err = b.copyTo(ctx, b.staged(p.task.Name, output), b.far(output), info)
		}
		if err != nil {
			return fmt.Errorf("cannot keep a copy of the edited output %q: %w; move it away", output, err)
		}
		p.kept = append(p.kept, output)
	}
	return nil
}

// setAside gives the copies their names, and says them.
func (b *Book) setAside(p *picture) (all []string, err error) {
	for _, output := range p.kept {
		to := b.aside(p.now.Run, p.task.Name, output)
		if err := b.move(b.staged(p.task.Name, output), to); err != nil {
			return all, fmt.Errorf("cannot keep a copy of the edited output %q: %w; move it away", output, err)
		}
		all = append(all, b.near(to))
	}
	p.changed, p.kept = nil, nil
	return all, nil
}

// aside is where a copy of an output that somebody has edited is kept when its task
// runs.
func (b *Book) aside(run, task, output string) string {
	if filepath.IsAbs(output) {
		task += "~outside" // no task has such a name
	}
	return filepath.Join(b.project, ".wprun", "aside", run, task, output)
}

// staged is where a copy waits for the start of the task.
func (b *Book) staged(task, output string) string { return b.aside(".new", task, output) }

func (b *Book) move(from, to string) error {
	if err := b.act(func() error { return os.MkdirAll(filepath.Dir(to), 0o700) }); err != nil {
		return err
	}
	return b.act(func() error { return os.Rename(from, to) })
}

// copyTo copies a file with its mode and time, or a link as such. Of a directory that
// stands where an output was it makes an empty one.
func (b *Book) copyTo(ctx context.Context, to, from string, info fs.FileInfo) error {
	if err := b.act(func() error { return os.RemoveAll(to) }); err != nil {
		return err
	}
	if err := b.act(func() error { return os.MkdirAll(filepath.Dir(to), 0o700) }); err != nil {
		return err
	}
	return b.act(func() error {
		switch {
		case info.IsDir():
			return os.Mkdir(to, 0o700)
		case info.Mode()&fs.ModeSymlink != 0:
			return copyLink(to, from)
		case !info.Mode().IsRegular():
			return errors.New("it is no regular file")
		}
		return copyFile(ctx, to, from, info)
	})
}

func copyLink(to, from string) error {
	text, err := os.Readlink(from)
	if err != nil {
		return err
	}
	return os.Symlink(text, to)
}

// copyPart is what is copied between two looks at whether to go on.
const copyPart = 64 << 20

func copyFile(ctx context.Context, to, from string, info fs.FileInfo) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	for err == nil {
		if err = ctx.Err(); err == nil {
			_, err = io.CopyN(out, in, copyPart) // shares the blocks where the file system can
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return errors.Join(err, out.Close(), os.Chmod(to, info.Mode().Perm()), os.Chtimes(to, info.ModTime(), info.ModTime()))
}

// clear removes what an attempt that was killed has left of an output, if any.
func (b *Book) clear(output string) error {
	if output == "" {
		return nil
	}
	if err := b.act(func() error { return os.RemoveAll(Temporary(output)) }); err != nil {
		return fmt.Errorf("cannot remove what an earlier attempt left: %w", err)
	}
	return nil
}

// isOwn says that a name is that of an output under way.
func isOwn(name string) bool { return strings.HasPrefix(name, temporaryPrefix) }
