package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
)

// parts are the files that a log was divided into, as one stretch of bytes. The
// goroutine that writes the log and the one that shows it share them.
type parts struct {
	path string

	mu sync.Mutex
	// starts has where each file begins, the oldest first; the last is that of
	// the file at path.
	starts []int64
}

// newest is where the current file begins.
func (p *parts) newest() int64 { return p.starts[len(p.starts)-1] }

// name is the path of the file before the current one by so many.
func (p *parts) name(age int) string {
	if age == 0 {
		return p.path
	}
	return fmt.Sprintf("%s.%d", p.path, age)
}

// shift gives every file the name of the one before it and makes room for a new
// one, which begins at end. Only keep old ones stay.
func (p *parts) shift(keep int, end int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if keep <= 0 {
		if err := os.Remove(p.path); err != nil {
			return err
		}
	}
	for age := p.free(keep); age > 0; age-- {
		err := os.Rename(p.name(age-1), p.name(age))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	p.starts = append(p.starts, end)
	if excess := len(p.starts) - 1 - max(0, keep); excess > 0 {
		p.starts = p.starts[excess:]
	}
	return nil
}

// free is the age of the first name behind those of parts that no file has, but keep
// at most: keep may be far more than there are files.
func (p *parts) free(keep int) int {
	age := min(keep, len(p.starts))
	for age < keep && exists(p.name(age)) {
		age++
	}
	return age
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// open opens what holds the bytes from start to end. Those of them that no file
// has any more are left out.
func (p *parts) open(start, end int64) (*stretch, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &stretch{start: max(start, p.starts[0]), end: end}
	for i, from := range p.starts {
		last := i == len(p.starts)-1
		if from >= end && i > 0 || !last && p.starts[i+1] <= s.start {
			continue
		}
		f, err := os.Open(p.name(len(p.starts) - 1 - i))
		if err != nil {
			s.close()
			return nil, err
		}
		s.files, s.starts = append(s.files, f), append(s.starts, from)
	}
	return s, nil
}

// stretch is a part of a log, open for reading. Its offsets are those of parts.
type stretch struct {
	start, end int64
	files      []*os.File
	starts     []int64
}

func (s *stretch) close() {
	for _, f := range s.files {
		f.Close()
	}
}

// ReadAt implements io.ReaderAt across the files.
func (s *stretch) ReadAt(p []byte, offset int64) (read int, err error) {
	for i, f := range s.files {
		at := offset + int64(read)
		part := p[read:]
		if i+1 < len(s.files) {
			if at >= s.starts[i+1] {
				continue
			}
			part = part[:min(int64(len(part)), s.starts[i+1]-at)]
		}
		n, err := f.ReadAt(part, at-s.starts[i])
		read += n
		if read == len(p) {
			return read, nil
		}
		if n < len(part) {
			return read, err
		}
	}
	return read, io.EOF
}
