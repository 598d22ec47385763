package record

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// OutputError says that a command has succeeded and has not made what it should.
type OutputError struct {
	// Text is what is wrong with an output.
	Text string
}

func (e *OutputError) Error() string { return "exited with success, but " + e.Text }

func lacking(format string, args ...any) error {
	return &OutputError{fmt.Sprintf(format, args...)}
}

// outputs are what a task's patterns match now, without hashes.
func (b *Book) outputs(ctx context.Context, t Task) ([]Entry, error) {
	var all []Entry
	for _, pattern := range t.Outputs {
		files, err := find(ctx, pattern)
		if err != nil {
			return nil, fmt.Errorf("cannot look for the outputs of %q: %w", t.Name, err)
		}
		some, size, err := b.bare(files)
		switch {
		case err != nil:
			return nil, fmt.Errorf("cannot look at an output of %q: %w", t.Name, err)
		case len(some) == 0:
			return nil, lacking("its output %q is missing%s", b.near(pattern), b.notIn(t.Dir, pattern))
		case size == 0:
			return nil, lacking("its output %q is empty", b.near(pattern))
		}
		all = append(all, some...)
	}
	return sorted(all), nil
}

// notIn reminds of what an output is relative to, where a command may expect
// another directory.
func (b *Book) notIn(dir, pattern string) string {
	if filepath.Clean(dir) == b.project || filepath.IsAbs(b.near(pattern)) {
		return ""
	}
	return fmt.Sprintf("; outputs are relative to the file, and its command runs in %q", b.near(dir))
}

// bare are files, as far as they are still there, without hashes, and their size.
func (b *Book) bare(files []file) (all []Entry, size int64, err error) {
	for _, f := range files {
		now, err := f.stat()
		switch {
		case absent(err):
			continue
		case err != nil:
			return nil, 0, err
		case !now.isDir():
			size += now.Size
		}
		all = append(all, Entry{Path: b.near(f.path), stamp: now.stamp})
	}
	return all, size, nil
}

// hashOutputs fills in the hashes, but for what somebody has changed since the command
// has ended: that is not what it made.
func (b *Book) hashOutputs(ctx context.Context, p *picture) error {
	s := b.sight(ctx, b.clock)
	for i, was := range p.now.Outputs {
		f := file{path: b.far(was.Path)}
		e, err := s.entry(f, nil, 0)
		if err == nil {
			err = e.distrust(was, f)
		}
		if absent(err) {
			return lacking("its output %q was removed behind it", was.Path)
		}
		if err != nil {
			return fmt.Errorf("cannot record an output of %q: %w", p.task.Name, err)
		}
		p.now.Outputs[i] = e
	}
	p.now.OutputsAt = s.at
	return nil
}

// distrust takes away the hash of a file that is not any more what it was, which a look
// before it was read cannot tell; a link or mode may be another.
func (e *Entry) distrust(was Entry, f file) error {
	now, err := f.stat()
	if err == nil && (now.Size != was.Size || now.Mtime != was.Mtime) {
		e.Hash = ""
	}
	return err
}

// long is the size from which on hashing outputs takes longer than a step of the
// clock of a file system.
const long = 16 << 20

// age lets that clock step past outputs that take long to hash: should wprun be
// killed meanwhile, only what is older than the note is known to be done.
func (b *Book) age(outputs []Entry) error {
	var size, newest int64
	for _, e := range outputs {
		size += e.Size
		newest = max(newest, e.Mtime, e.Ctime)
	}
	if size < long {
		return nil
	}
	for range 20 { // more is another clock than that of the outputs
		if now, err := b.clock(); err != nil || now > newest {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// compareOutputs compares the outputs of the record with those that are there.
func (b *Book) compareOutputs(s *sight, p *picture) error {
	before := s.hashed
	for _, was := range p.old.Outputs {
		e, err := s.entry(file{path: b.far(was.Path)}, &was, p.old.OutputsAt)
		switch {
		case absent(err):
			p.missing = append(p.missing, was.Path)
			continue
		case err != nil:
			return fmt.Errorf("cannot compare an output of %q: %w", p.task.Name, err)
		case e.Hash != was.Hash:
			p.changed = append(p.changed, was.Path)
		}
		p.now.Outputs = append(p.now.Outputs, e)
	}
	p.now.OutputsAt = p.old.OutputsAt
	if s.hashed > before {
		p.now.OutputsAt = s.at
	}
	return nil
}

// finished says whether the outputs are as the attempt left them: none has changed
// since they were noted, as far as the file system's clock can tell.
func (b *Book) finished(s *sight, p *picture) (bool, error) {
	info, err := os.Stat(b.path(p.task.Name, exited))
	if absent(err) {
		return false, nil // somebody has removed it
	}
	if err != nil {
		return false, fmt.Errorf("cannot look at the record of %q: %w", p.task.Name, err)
	}
	noted := info.ModTime().UnixNano()
	for _, was := range p.attempted.Outputs {
		f := file{path: b.far(was.Path)}
		f.status, err = f.stat()
		if absent(err) || err == nil && (f.stamp != was.stamp || !b.settled(f.status, noted)) {
			return false, nil
		}
		e, err := s.entry(f, nil, 0)
		if err != nil {
			return false, fmt.Errorf("cannot look at an output of %q: %w", p.task.Name, err)
		}
		p.now.Outputs = append(p.now.Outputs, e)
	}
	p.now.OutputsAt = s.at
	return true, nil
}
