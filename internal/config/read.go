package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSize is far above any file that people or generators write, and keeps the
// memory that a wrong file can take within bounds.
const maxSize = 64 << 20

// read returns false after it has reported why the file is no TOML.
func (s *source) read() bool {
	text, err := readText(s.file)
	if err != nil {
		s.problem(0, "cannot read the file: %v", err)
		return false
	}
	s.text = text
	s.hash = hashText(text)
	cuts, line, err := survey(text, sizeOfPieces(len(text)))
	if err != nil {
		s.problem(line, "cannot read the file: %v", err)
		return false
	}
	if s.decoded, err = decodePieces(text, cuts); err != nil {
		s.syntaxProblem(text, err)
		return false
	}
	s.top.m = s.values
	return true
}

// readText returns a file without byte order mark and with LF line ends, so that
// a command of many lines holds no carriage returns.
func readText(file string) (string, error) {
	text, err := readLimited(file)
	if err != nil {
		return "", err
	}
	if strings.HasPrefix(text, "\xff\xfe") || strings.HasPrefix(text, "\xfe\xff") {
		return "", errors.New("it is UTF-16; save it as UTF-8")
	}
	return strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), nil
}

func readLimited(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", bare(err)
	}
	defer f.Close()
	var text strings.Builder
	if info, err := f.Stat(); err == nil {
		text.Grow(int(min(info.Size(), maxSize)) + 1)
	}
	if _, err := io.Copy(&text, io.LimitReader(f, maxSize+1)); err != nil {
		return "", bare(err)
	}
	if text.Len() > maxSize {
		return "", fmt.Errorf("it is larger than %d MiB", maxSize>>20)
	}
	return text.String(), nil
}

// hashText makes no copy of the text.
func hashText(text string) string {
	sum, piece := sha256.New(), make([]byte, 32<<10)
	for len(text) > 0 {
		n := copy(piece, text)
		sum.Write(piece[:n])
		text = text[n:]
	}
	return fmt.Sprintf("sha256:%x", sum.Sum(nil))
}

// bare leaves out the path, which messages begin with.
func bare(err error) error {
	if pathError, ok := errors.AsType[*os.PathError](err); ok {
		return pathError.Err
	}
	return err
}
