package rundir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// makeDir accepts a directory that is there, through a symbolic link too.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if !errors.Is(err, fs.ErrExist) {
		return cannot("make the directory", dir, err)
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("cannot keep runs in %q: it is no directory; move it away", dir)
	}
	return nil
}

func readJSON(file string, v any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return cannot("read", file, err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("cannot read %q: it does not hold what wprun writes there: %w", file, err)
	}
	return nil
}

// readable is how many bytes of JSON are laid out for people, which takes longer
// than to write them.
const readable = 100_000

func writeJSON(file string, v any) error {
	var text, tidy bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	if err == nil && text.Len() <= readable {
		err = json.Indent(&tidy, text.Bytes(), "", "  ")
		text = tidy
	}
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", file, err)
	}
	return writeFile(file, text.Bytes())
}

// writeFile replaces a file in one step: a reader sees the old or the new one.
func writeFile(file string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(file), "."+filepath.Base(file)+"-*")
	if err != nil {
		return cannot("write", file, err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return cannot("write", file, err)
	}
	return nil
}
