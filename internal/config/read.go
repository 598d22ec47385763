package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
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
	if line, err := checkDepth(text); err != nil {
		s.problem(line, "cannot read the file: %v", err)
		return false
	}
	values := map[string]any{}
	meta, err := decode(text, &values)
	if err != nil {
		s.syntaxProblem(text, err)
		return false
	}
	s.top.m, s.order, s.axes = values, processOrder(meta.Keys()), matrixOrder(meta.Keys())
	return true
}

// decode turns a panic of the library into an error: the text may be anything.
// What it panicked with is left out, since it could quote a secret.
func decode(text string, into *map[string]any) (meta toml.MetaData, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("its TOML cannot be understood")
		}
	}()
	return toml.Decode(text, into)
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

func processOrder(keys []toml.Key) [][2]string {
	var order [][2]string
	seen := map[[2]string]bool{}
	for _, key := range keys {
		if len(key) < 2 || key[0] != "task" && key[0] != "service" {
			continue
		}
		name := [2]string{key[0], key[1]}
		if !seen[name] {
			seen[name] = true
			order = append(order, name)
		}
	}
	return order
}

// matrixOrder lists the keys of each table [task.NAME.matrix] or
// [defaults.task.matrix].
func matrixOrder(keys []toml.Key) map[keyPath][]string {
	order := map[keyPath][]string{}
	for _, key := range keys {
		if len(key) != 4 || key[2] != "matrix" {
			continue
		}
		at := keyPath("").key(key[0]).key(key[1]).key(key[2])
		if !slices.Contains(order[at], key[3]) {
			order[at] = append(order[at], key[3])
		}
	}
	return order
}
