package watchpoint

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
	"wprun/internal/nearest"
)

// Handler makes, looks at and removes the watchpoints of a fixed list. It can be
// used from several goroutines.
type Handler struct {
	keys  []Key
	paths map[Key]string
	// durable and written are those of Durable.
	durable bool
	written []string
}

// NewHandler checks the list and makes its bases absolute. The error names
// everything that is wrong with it, one problem a line.
func NewHandler(list []Watchpoint) (*Handler, error) {
	h := &Handler{keys: make([]Key, 0, len(list)), paths: make(map[Key]string, len(list))}
	owners, places := make(map[string]Key, len(list)), places{}
	var problems []error
	for _, w := range list {
		if err := h.add(w, places, owners); err != nil {
			problems = append(problems, err)
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return h, nil
}

// add takes w into the list; owners has the key of each path taken so far.
func (h *Handler) add(w Watchpoint, places places, owners map[string]Key) error {
	if err := w.check(); err != nil {
		return err
	}
	base, err := places.of(w)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(base, "/") + "/" + w.entry() // both are clean
	if _, twice := h.paths[w.Key]; twice {
		return fmt.Errorf("cannot make watchpoint %s: the key is there twice; remove one", w.Key.quoted())
	}
	if owner, taken := owners[path]; taken {
		return fmt.Errorf("cannot make watchpoint %s: its path %q is that of watchpoint %s; rename one",
			w.Key.quoted(), path, owner.quoted())
	}
	h.keys, h.paths[w.Key], owners[path] = append(h.keys, w.Key), path, w.Key
	return nil
}

// Keys are the keys in the order of the list.
func (h *Handler) Keys() []Key {
	return slices.Clone(h.keys)
}

// Path is the absolute path of the key's directory, whether it exists or not. A
// key that is not in the list is an error.
func (h *Handler) Path(k Key) (string, error) {
	path, ok := h.paths[k]
	if !ok {
		return "", fmt.Errorf("cannot find watchpoint %s: %s", k.quoted(), h.hint(k))
	}
	return path, nil
}

// Create signals: it makes the directory, and its parents where they are
// missing. A directory that is there already is no error. Passing tells what a
// later Create may get past.
func (h *Handler) Create(k Key) error {
	path, err := h.Path(k)
	if err != nil {
		return err
	}
	if h.durable {
		err = h.createDurably(path)
	} else {
		err = create(path)
	}
	if err != nil {
		return fmt.Errorf("cannot create watchpoint %s: %w", k.quoted(), err)
	}
	return nil
}

// create makes a directory, or finds that it is there: a lost answer of a
// network file system, or somebody who was quicker, makes mkdir fail then.
func create(path string) error {
	failed := mkdir(path)
	if failed == nil {
		return nil
	}
	switch f, err := look(path); {
	case err == nil && f.signals():
		return nil
	case err == nil && f.exists:
		return noWatchpoint(path, f)
	}
	return failed
}

// mkdir makes a directory and its missing parents.
func mkdir(path string) error {
	err := os.Mkdir(path, 0o777)
	// Somebody may remove the parents between the two calls.
	for tries := 0; errors.Is(err, fs.ErrNotExist) && tries < 3; tries++ {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		err = os.Mkdir(path, 0o777)
	}
	return err
}

// Exists says whether the key is signalled. Something else than a directory at
// its path, or one of a user who may not signal, is an error that names it.
func (h *Handler) Exists(k Key) (bool, error) {
	path, err := h.Path(k)
	if err != nil {
		return false, err
	}
	f, err := look(path)
	if err == nil && f.exists && !f.signals() {
		err = noWatchpoint(path, f)
	}
	if err != nil {
		return false, fmt.Errorf("cannot look at watchpoint %s: %w", k.quoted(), err)
	}
	return f.exists, nil
}

// Remove takes the signal back: it removes the one directory if it is empty, and
// nothing else. That it is absent already is no error.
func (h *Handler) Remove(k Key) error {
	path, err := h.Path(k)
	if err != nil {
		return err
	}
	failed := rmdir(path)
	if failed == nil {
		return nil
	}
	f, err := look(path)
	switch {
	case err == nil && !f.exists:
		return nil
	case err == nil && f.kind != fs.ModeDir:
		failed = noWatchpoint(path, f)
	case errors.Is(failed, syscall.ENOTEMPTY) || errors.Is(failed, syscall.EEXIST):
		failed = fmt.Errorf("%q is not empty, %s; a watchpoint stays empty, so move that elsewhere", path, contents(path))
	}
	return fmt.Errorf("cannot remove watchpoint %s: %w", k.quoted(), failed)
}

// rmdir removes an empty directory; unlike os.Remove it never removes a file.
func rmdir(path string) error {
	for {
		err := unix.Unlinkat(unix.AT_FDCWD, path, unix.AT_REMOVEDIR)
		if err == nil {
			return nil
		}
		if err != unix.EINTR {
			return &fs.PathError{Op: "rmdir", Path: path, Err: err}
		}
	}
}

func noWatchpoint(path string, f finding) error {
	if f.kind != fs.ModeDir {
		return fmt.Errorf("%q is %s, not a directory; move it elsewhere", path, kindName(f.kind))
	}
	return fmt.Errorf("%q does not count: %s", path, f.fault())
}

// contents says what is inside a directory, shortened.
func contents(path string) string {
	entries, err := os.ReadDir(path)
	if err != nil {
		return "and cannot be listed"
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, fmt.Sprintf("%q", e.Name()))
	}
	return "it holds " + shortened(names)
}

// hint says which key was probably meant.
func (h *Handler) hint(k Key) string {
	if len(h.keys) == 0 {
		return "there are none"
	}
	texts := make([]string, len(h.keys))
	for i, known := range h.keys {
		texts[i] = known.text
	}
	if near, ok := nearest.Name(k.text, texts); ok {
		return fmt.Sprintf("did you mean %s?", h.keys[slices.Index(texts, near)].quoted())
	}
	for i, known := range h.keys {
		texts[i] = known.quoted()
	}
	return "the keys are " + shortened(texts)
}

// shortened lists the first few of some texts and the number of the others.
func shortened(texts []string) string {
	const shown = 8
	if len(texts) <= shown {
		return strings.Join(texts, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(texts[:shown], ", "), len(texts)-shown)
}
