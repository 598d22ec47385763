package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// logFile is the raw output of one process. The file is opened at the first
// byte. After an error it takes nothing more, so that it has no gaps.
type logFile struct {
	path string // "" for no log
	file *os.File
	// start and end are the part of the file that was written since it was
	// opened; before it is what earlier processes of the same name wrote.
	start, end int64
	failed     bool
}

// usable tells whether the log takes bytes.
func (l *logFile) usable() bool { return l.path != "" && !l.failed }

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
	n, err := l.file.Write(p)
	l.end += int64(n)
	if err != nil {
		return n, l.fail(err)
	}
	return n, nil
}

func (l *logFile) open() error {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND | syscall.O_NOFOLLOW
	f, err := os.OpenFile(l.path, flags, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.start, l.end = f, info.Size(), info.Size()
	return nil
}

// close ends the log; the next write opens it again.
func (l *logFile) close() error {
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
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
