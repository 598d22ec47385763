package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stampMode is the first argument that makes this program a dependent: it reads
// the clock before anything else and writes its name and the time to a FIFO.
const stampMode = "stamp"

// stampArgv is the command of such a dependent.
func stampArgv(self, fifo, name string) []string {
	return []string{self, stampMode, fifo, name}
}

// stampMain is the dependent; it returns the exit code.
func stampMain(args []string) int {
	now := monotonic()
	if len(args) != 2 {
		return 2
	}
	f, err := os.OpenFile(args[0], os.O_WRONLY, 0)
	if err != nil {
		return 1
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "%s %d\n", args[1], now); err != nil {
		return 1
	}
	return 0
}

// stamps is the reading end of the FIFO.
type stamps struct {
	path string
	file *os.File
	in   *bufio.Reader
}

func newStamps(dir string) (*stamps, error) {
	path := filepath.Join(dir, "stamps")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		return nil, fmt.Errorf("cannot make the FIFO: %w", err)
	}
	// A writing end of its own keeps the FIFO from ever being at its end.
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("cannot open the FIFO: %w", err)
	}
	return &stamps{path: path, file: f, in: bufio.NewReader(f)}, nil
}

func (s *stamps) close() { s.file.Close() }

// stampLimit is how long a dependent may take before the row is given up.
const stampLimit = 30 * time.Second

// next waits for the stamp of name and returns its time. It gives up when ended
// is closed and nothing has come, or after stampLimit.
func (s *stamps) next(name string, ended <-chan struct{}) (int64, error) {
	var gone bool
	for deadline := time.Now().Add(stampLimit); time.Now().Before(deadline); {
		if err := s.file.SetReadDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
			return 0, err
		}
		line, err := s.in.ReadString('\n')
		switch {
		case err == nil:
			return parseStamp(line, name)
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, err
		case gone:
			return 0, fmt.Errorf("cannot measure %q: wprun ended before it started", name)
		}
		gone = isClosed(ended)
	}
	return 0, fmt.Errorf("cannot measure %q: it did not start within %v", name, stampLimit)
}

// parseStamp reads "NAME NANOSECONDS" and insists on the name.
func parseStamp(line, name string) (int64, error) {
	fields := strings.Fields(line)
	if len(fields) != 2 || fields[0] != name {
		return 0, fmt.Errorf("cannot use the stamp %q: expected one of %q", line, name)
	}
	ns, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil || ns <= 0 {
		return 0, fmt.Errorf("cannot use the stamp %q: its time is no number above 0", line)
	}
	return ns, nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
