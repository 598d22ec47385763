package output

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Log says how the output of a process is kept. The zero value is the raw bytes in
// the folder of the logs, however many.
type Log struct {
	// File is the path of the log instead of NAME.log in that folder. No two
	// processes may share one.
	File string
	// MaxSize is how many bytes the log may have before it becomes NAME.log.1, an
	// earlier one of that name NAME.log.2, and so on; 0 for any number. Keep is
	// how many of those stay. Where a line ends within the next 64 KiB, the log
	// is as much longer; where none does, the line is cut.
	MaxSize int64
	Keep    int
	// Timestamps puts the time, in UTC, before each line.
	Timestamps bool
}

// newLog is the log at a path, "" for none, which need not exist.
func newLog(path string, rule Log) logFile {
	return logFile{path: path, rule: rule, parts: &parts{path: path, starts: []int64{0}}}
}

// logFile is the output of one process. The file is opened at the first byte.
// After an error it takes nothing more, so that it has no gaps.
type logFile struct {
	path string // "" for no log
	rule Log
	file *os.File
	// parts are the files of the log, from the one that the hub opened first.
	parts *parts
	// start and end are the part of the log that was written since it was
	// opened, counted from the beginning of parts; first is where this hub began.
	first, start, end int64
	begun             bool
	// midLine says that no newline has ended what was written.
	midLine bool
	stamped []byte
	failed  bool
}

// usable tells whether the log takes bytes.
func (l *logFile) usable() bool { return l.path != "" && !l.failed }

// whole tells whether no byte that this hub has written had to go for later ones.
func (l *logFile) whole() bool { return l.parts.starts[0] <= l.first }

// write appends p and returns how many bytes of it are in the log.
func (l *logFile) write(p []byte) (int, error) {
	if !l.usable() {
		return 0, nil
	}
	if l.file == nil {
		if err := l.open(); err != nil {
			return 0, l.fail(err)
		}
	}
	if l.rule.Timestamps {
		return l.writeStamped(p)
	}
	n, err := l.put(p)
	if err != nil {
		return n, l.fail(err)
	}
	return n, nil
}

// put appends p as it is, in as many files as the size of one demands.
func (l *logFile) put(p []byte) (int, error) {
	for rest := p; ; {
		n := l.fitting(rest)
		if n > 0 {
			n, err := l.file.Write(rest[:n])
			l.end += int64(n)
			if err != nil {
				return len(p) - len(rest) + n, err
			}
			l.midLine = rest[n-1] != '\n'
			rest = rest[n:]
		}
		if len(rest) == 0 {
			return len(p), nil
		}
		if err := l.rotate(); err != nil {
			return len(p) - len(rest), err
		}
	}
}

// fitting is how many bytes of p belong into the current file. If it is not
// empty, that may be none.
func (l *logFile) fitting(p []byte) int {
	size := l.end - l.parts.newest()
	if l.rule.MaxSize <= 0 || size+int64(len(p)) <= l.rule.MaxSize {
		return len(p)
	}
	room := int(max(0, l.rule.MaxSize-size))
	if end := bytes.LastIndexByte(p[:room], '\n'); end >= 0 {
		return end + 1
	}
	if !l.midLine && size > 0 {
		return 0
	}
	within := p[:min(len(p), int(max(0, l.rule.MaxSize+maxLine-size)))]
	if end := bytes.IndexByte(within, '\n'); end >= 0 {
		return end + 1
	}
	return len(within)
}

// rotate makes the current file the latest of those that are kept.
func (l *logFile) rotate() error {
	err := l.file.Close()
	l.file = nil
	if err == nil {
		err = l.parts.shift(l.rule.Keep, l.end)
	}
	if err == nil {
		l.file, err = openLog(l.path)
	}
	return err
}

func (l *logFile) open() error {
	if l.rule.File != "" {
		if err := os.MkdirAll(filepath.Dir(l.path), 0o777); err != nil {
			return err
		}
	}
	f, err := openLog(l.path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file = f
	if !l.begun {
		l.begun, l.first, l.end = true, info.Size(), info.Size()
	}
	l.start = l.end
	return nil
}

// openLog opens or makes a log. It does not wait for the reader of a pipe.
func openLog(path string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
	return os.OpenFile(path, flags, 0o600)
}

// close ends the log; the next write opens it again.
func (l *logFile) close() error {
	if l.file == nil {
		return nil
	}
	var err error
	if l.rule.Timestamps && l.midLine {
		_, err = l.put([]byte("\n"))
	}
	if l.file != nil {
		err = errors.Join(err, l.file.Close())
	}
	l.file, l.stamped = nil, nil
	if err != nil {
		return l.fail(err)
	}
	return nil
}

// fail marks the log as unusable and returns err without the path in it.
func (l *logFile) fail(err error) error {
	l.failed = true
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// logTime is what Timestamps puts before a line; it always has the same width.
const logTime = "2006-01-02T15:04:05.000Z "

// writeStamped is write for a log with times. It goes in batches, so that what a
// log keeps for them is no larger than that takes.
func (l *logFile) writeStamped(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n, err := l.writeBatch(rest[:min(len(rest), batch)])
		rest = rest[n:]
		if err != nil {
			return len(p) - len(rest), l.fail(err)
		}
	}
	return len(p), nil
}

func (l *logFile) writeBatch(p []byte) (int, error) {
	midLine := l.midLine
	l.stamped = time.Now().UTC().AppendFormat(l.stamped[:0], logTime)
	for line := range bytes.Lines(p) {
		if !midLine {
			l.stamped = append(l.stamped, l.stamped[:len(logTime)]...)
		}
		l.stamped = append(l.stamped, line...)
		midLine = line[len(line)-1] != '\n'
	}
	midLine = l.midLine
	n, err := l.put(l.stamped[len(logTime):])
	if err != nil {
		return unstamped(p, n, midLine), err
	}
	return len(p), nil
}

// unstamped is how many bytes of p are among the first n that were made of it.
func unstamped(p []byte, n int, midLine bool) int {
	count := 0
	for line := range bytes.Lines(p) {
		if !midLine {
			n -= len(logTime)
		}
		if n <= 0 {
			break
		}
		count += min(n, len(line))
		n -= len(line)
		midLine = line[len(line)-1] != '\n'
	}
	return count
}
