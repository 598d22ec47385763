package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"
)

// format is that of the files. Another one is not compared.
const format = 2

// Record is a task's world at the time of an attempt, as it is kept. Paths in the
// project are relative to it. Of the environment only hashes are kept: it may hold
// secrets.
type Record struct {
	Format int    `json:"format"`
	File   string `json:"file"`
	Task   string `json:"task"`
	// Run is the one that the attempt was of.
	Run      string            `json:"run,omitempty"`
	Command  []string          `json:"command"`
	Dir      string            `json:"dir"`
	Env      map[string]string `json:"env,omitempty"`
	Inputs   []Entry           `json:"inputs,omitempty"`
	Upstream map[string]string `json:"upstream,omitempty"`
	// Patterns are those of the outputs.
	Patterns []string `json:"patterns,omitempty"`
	Outputs  []Entry  `json:"outputs,omitempty"`
	// InputsAt is the time of the file system at which the inputs were looked at,
	// and OutputsAt that for the outputs; see Book.settled.
	InputsAt  int64 `json:"inputs_at"`
	OutputsAt int64 `json:"outputs_at,omitempty"`
	// Moved says that inputs changed while the command ran.
	Moved bool `json:"moved,omitempty"`
	// Machine is the one that wrote it.
	Machine Machine `json:"machine"`

	// torn says that the file is none that wprun has written.
	torn bool
}

// distrust makes every stamp one that cannot be relied on. When the power fails, a
// file system may have kept the stamp of a file but not what was in it.
func (r *Record) distrust() { r.InputsAt, r.OutputsAt = 0, 0 }

// before says that it is an earlier boot of the same host. What another host wrote
// is seen here only when a file server has it.
func (m Machine) before(now Machine) bool { return m.Host == now.Host && m.Boot != now.Boot }

// result is the hash of all outputs.
func (r *Record) result() string {
	var text bytes.Buffer
	for _, e := range r.Outputs {
		fmt.Fprintf(&text, "%q %s\n", e.Path, e.Hash)
	}
	return sum(text.Bytes())
}

// read returns nil for a file that does not exist. A torn or foreign one counts
// as one of another format, too.
func (b *Book) read(task, suffix string) (*Record, error) {
	text, err := b.text(task, suffix)
	if text == nil || err != nil {
		return nil, err
	}
	return b.decode(text), nil
}

// text returns nil for a file that does not exist.
func (b *Book) text(task, suffix string) ([]byte, error) {
	name := b.path(task, suffix)
	text, err := readFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read the record %q: %w", name, err)
	}
	return text, nil
}

func (b *Book) decode(text []byte) *Record {
	r := &Record{}
	if json.Unmarshal(text, r) != nil {
		return &Record{torn: true}
	}
	if r.Machine.before(b.machine) {
		r.distrust()
	}
	return r
}

// write replaces a file in one step, and returns what it wrote.
func (b *Book) write(task, suffix string, r *Record) (text []byte, err error) {
	name, fresh := b.path(task, suffix), b.path(temporary+task, suffix)
	text, err = encode(r, suffix == current)
	if err == nil {
		err = b.act(func() error { return writeFile(fresh, syscall.O_TRUNC, text) })
	}
	if err == nil {
		err = b.act(func() error { return rename(fresh, name) })
	}
	if err != nil {
		_ = b.act(func() error { return unlink(fresh) })
		return nil, fmt.Errorf("cannot write the record %q: %w", name, err)
	}
	return text, nil
}

// encode is for people too: commands as they were written and, if tidy, a field a line.
func encode(r *Record, tidy bool) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if tidy {
		e.SetIndent("", " ")
	}
	err := e.Encode(r)
	return text.Bytes(), err
}

func (b *Book) remove(task string, suffixes ...string) error {
	var all error
	for _, suffix := range suffixes {
		err := b.act(func() error { return unlink(b.path(task, suffix)) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			all = errors.Join(all, fmt.Errorf("cannot remove a record: %w", err))
		}
	}
	return all
}

// Make makes the directory of the records.
func (b *Book) Make() error {
	if err := os.MkdirAll(b.steps, 0o700); err != nil {
		return fmt.Errorf("cannot keep records: %w", err)
	}
	return nil
}

// Names lists the tasks that have records, or what a kill has left of one, of
// whatever file.
func (b *Book) Names() ([]string, error) {
	entries, err := os.ReadDir(b.steps)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list the records: %w", err)
	}
	var names []string
	for _, e := range entries {
		if task := taskOf(strings.TrimPrefix(e.Name(), temporary)); task != "" {
			names = append(names, task)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// Own lists those whose records are of the book's file, or of none.
func (b *Book) Own() ([]string, error) {
	names, err := b.Names()
	return slices.DeleteFunc(names, func(name string) bool { return !b.owns(name) }), err
}

func (b *Book) owns(task string) bool {
	for _, name := range []string{task, temporary + task} {
		for _, suffix := range []string{current, attempt, exited, previous} {
			if r, err := b.read(name, suffix); err == nil && r != nil {
				return r.File == b.file || r.File == ""
			}
		}
	}
	return false
}

// Remove forgets tasks: they will run again. What would do as a record goes first.
func (b *Book) Remove(tasks ...string) error {
	var all error
	for _, task := range tasks {
		all = errors.Join(all, b.remove(task, exited, attempt, previous, current), b.remove(temporary+task, exited, attempt, previous, current))
	}
	return all
}

// Prune forgets the tasks that the file of the book does not have any more.
func (b *Book) Prune(known []string) error {
	has := map[string]bool{}
	for _, name := range known {
		has[name] = true
	}
	names, err := b.Names()
	names = slices.DeleteFunc(names, func(name string) bool { return has[name] || !b.owns(name) })
	return errors.Join(err, b.Remove(names...))
}
