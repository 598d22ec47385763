package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// setAside keeps what somebody has made of outputs, and says where. Only names are
// changed, since what is large must not hold up a run.
func (b *Book) setAside(p *picture) (all []string, err error) {
	for _, output := range p.edited() {
		to := b.aside(p.now.Run, p.task.Name, output)
		err := b.move(b.far(output), to)
		if errors.Is(err, syscall.EXDEV) {
			to = beside(b.far(output), p.now.Run)
			err = b.move(b.far(output), to)
		}
		switch {
		case absent(err):
		case err != nil:
			return all, fmt.Errorf("cannot keep the edited output %q: %w; move it away", output, err)
		default:
			all = append(all, b.near(to))
		}
	}
	p.changed = nil
	return all, nil
}

// aside is where an output that somebody has edited is kept when its task runs.
func (b *Book) aside(run, task, output string) string {
	if filepath.IsAbs(output) {
		task += "~outside" // no task has such a name
	}
	return filepath.Join(b.project, ".wprun", "aside", run, task, output)
}

// beside is where one on another file system is kept.
func beside(path, run string) string {
	return filepath.Join(filepath.Dir(path), asidePrefix+run, filepath.Base(path))
}

const asidePrefix = ".wprun-old."

func (b *Book) move(from, to string) error {
	if _, err := os.Lstat(from); err != nil {
		return err
	}
	if err := b.act(func() error { return os.MkdirAll(filepath.Dir(to), 0o700) }); err != nil {
		return err
	}
	return b.act(func() error { return os.Rename(from, to) })
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

// isOwn says that a name is one that wprun gives to what it keeps among outputs.
func isOwn(name string) bool {
	return strings.HasPrefix(name, temporaryPrefix) || strings.HasPrefix(name, asidePrefix)
}
