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
	if err := b.unstage(p.task.Name); err != nil {
		return fmt.Errorf("cannot remove a copy of an earlier check: %w", err)
	}
	for _, output := range p.edited() {
		from, err := behind(b.far(output))
		if absent(err) {
			continue // somebody has removed it meanwhile
		}
		if err == nil {
			err = b.copyTree(ctx, b.staged(p.task.Name, output), from)
		}
		if err != nil {
			return fmt.Errorf("cannot keep a copy of the edited output %q: %w; move it away", output, err)
		}
		p.kept = append(p.kept, output)
	}
	return nil
}

// behind is the file that a link leads to: a command that writes to the link writes
// there. Any other path, and a link to a directory or to nowhere, is itself.
func behind(path string) (string, error) {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSymlink == 0 {
		return path, err
	}
	if there, err := os.Stat(path); err != nil || !there.Mode().IsRegular() {
		return path, nil
	}
	return filepath.EvalSymlinks(path)
}

// setAside gives the copies their names, and says them.
func (b *Book) setAside(p *picture) (all []string, err error) {
	if len(p.kept) == 0 {
		return nil, nil
	}
	name, err := b.room(p.now.Run, p.task.Name)
	for _, output := range p.kept {
		to := b.aside(p.now.Run, name, output)
		if err == nil {
			err = b.move(b.staged(p.task.Name, output), to)
		}
		if err != nil {
			return all, fmt.Errorf("cannot keep a copy of the edited output %q: %w; move it away", output, err)
		}
		all = append(all, plain(b.near(to)))
	}
	p.kept = nil
	return all, b.unstage(p.task.Name)
}

// aside is where a copy of an output that somebody has edited is kept when its task
// runs.
func (b *Book) aside(run, task, output string) string {
	if filepath.IsAbs(output) {
		task += outside
	}
	return filepath.Join(b.asides(), run, task, output)
}

func (b *Book) asides() string { return filepath.Join(b.project, ".wprun", "aside") }

// outside ends the name of the directory for outputs outside of the project. No task
// has such a name.
const outside = "~outside"

// room is what a task is called among what a run has set aside: a run may start it
// several times, and what was kept first stays.
func (b *Book) room(run, task string) (name string, err error) {
	name = task
	for n := 2; ; n++ {
		taken := false
		for _, suffix := range []string{"", outside} {
			_, err := os.Lstat(b.aside(run, name+suffix, ""))
			if err != nil && !absent(err) {
				return "", err
			}
			taken = taken || err == nil
		}
		if !taken {
			return name, nil
		}
		name = fmt.Sprintf("%s~%d", task, n)
	}
}

// staging is the run under which copies wait for the start of their task.
const staging = ".new"

func (b *Book) staged(task, output string) string { return b.aside(staging, task, output) }

// unstage removes what is left there of a task.
func (b *Book) unstage(task string) error {
	if _, err := os.Lstat(filepath.Join(b.asides(), staging)); absent(err) {
		return nil // of any task
	}
	for _, name := range []string{task, task + outside} {
		dir := b.aside(staging, name, "")
		if _, err := os.Lstat(dir); absent(err) {
			continue
		}
		if err := b.act(func() error { return os.RemoveAll(dir) }); err != nil {
			return err
		}
	}
	return nil
}

func (b *Book) move(from, to string) error {
	if err := b.act(func() error { return os.MkdirAll(filepath.Dir(to), 0o700) }); err != nil {
		return err
	}
	return b.act(func() error { return os.Rename(from, to) })
}

// copyTree copies a file, a link as such, or a directory with all that is in it.
func (b *Book) copyTree(ctx context.Context, to, from string) error {
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		target := to + strings.TrimPrefix(path, from)
		if err := b.act(func() error { return os.MkdirAll(filepath.Dir(target), 0o700) }); err != nil {
			return err
		}
		return b.act(func() error { return copyOne(ctx, target, path, info) })
	})
}

// copyOne copies a file with its mode and time.
func copyOne(ctx context.Context, to, from string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return os.Mkdir(to, 0o700)
	case info.Mode()&fs.ModeSymlink != 0:
		return copyLink(to, from)
	case !info.Mode().IsRegular():
		return errors.New("it is no regular file")
	}
	return copyFile(ctx, to, from, info)
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

// CountAside is how many files are kept of outputs.
func (b *Book) CountAside() (files int, err error) {
	err = filepath.WalkDir(b.asides(), func(_ string, e fs.DirEntry, err error) error {
		switch {
		case absent(err):
			return nil
		case err == nil && !e.IsDir():
			files++
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("cannot look at what is kept of outputs: %w", err)
	}
	return files, nil
}

// RemoveAside removes them. No run may use the records.
func (b *Book) RemoveAside() error {
	if err := b.act(func() error { return os.RemoveAll(b.asides()) }); err != nil {
		return fmt.Errorf("cannot remove what is kept of outputs: %w", err)
	}
	return nil
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
