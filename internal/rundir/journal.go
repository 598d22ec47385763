package rundir

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Journal is the list of a run's events, one line of JSON each. It can be used from
// several goroutines.
type Journal struct {
	mu      sync.Mutex
	file    io.WriteCloser
	name    string
	pending bytes.Buffer // is not written yet
	// failing is set while the disk takes nothing and that has been told.
	failing bool
}

func openJournal(name string) (*Journal, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, cannot("write", name, err)
	}
	return &Journal{file: f, name: name}, nil
}

// Append adds an event, one line of JSON with its newline, which is copied, in memory
// only until Flush.
func (j *Journal) Append(line []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending.Write(line)
}

// Flush writes what was appended, all of it at once. What the disk does not
// take is kept for the next Flush. Only the first of several failures in a row is
// returned.
func (j *Journal) Flush() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	err := j.write()
	if err != nil && j.failing {
		return nil
	}
	j.failing = err != nil
	return err
}

// Sync is Flush that returns only when the disk has it; each failure is
// returned.
func (j *Journal) Sync() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.write(); err != nil {
		return err
	}
	if f, ok := j.file.(interface{ Sync() error }); ok {
		return cannot("write to the disk", j.name, f.Sync())
	}
	return nil
}

// Close writes what was appended and says so if that is not possible.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.write(), j.file.Close())
}

// write, with the lock held, keeps what a partial write left over: the next one goes
// on in the middle of the line.
func (j *Journal) write() error {
	if j.pending.Len() == 0 {
		return nil
	}
	n, err := j.file.Write(j.pending.Bytes())
	j.pending.Next(n)
	return cannot("write", j.name, err)
}

// ReadJournal calls each for every whole event of the run at path, in order,
// until it returns an error. A torn last line, as a kill or a run that goes on
// leaves it, is no event.
func ReadJournal(path string, each func(json.RawMessage) error) error {
	name := filepath.Join(path, journalName)
	f, err := os.Open(name)
	if err != nil {
		return cannot("read", name, err)
	}
	defer f.Close()
	lines := bufio.NewReaderSize(f, 64<<10)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return cannot("read", name, err)
		}
		if !json.Valid(line) {
			return tornAt(lines, name, number)
		}
		if err := each(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return err
		}
	}
}

// tornAt is nil at the end: a power cut can leave a last line of anything.
func tornAt(rest *bufio.Reader, name string, line int) error {
	if _, err := rest.Peek(1); err == io.EOF {
		return nil
	}
	return fmt.Errorf("cannot read line %d of %q: it is not JSON", line, name)
}
