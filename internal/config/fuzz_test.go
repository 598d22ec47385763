package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// seeds adds every file of the archives in testdata.
func seeds(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name != wantName {
				f.Add(string(file.Data))
			}
		}
	}
	f.Add("\ufeff" + strings.ReplaceAll(oneTask, "\n", "\r\n"))
	f.Add(secretFile)
}

// FuzzLoad expects either a whole Config or errors that point into the file.
func FuzzLoad(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "env_file") {
			t.Skip("it could name a file that never ends")
		}
		file := filepath.Join(t.TempDir(), FileName)
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := Load(file)
		if err != nil {
			expectPositions(t, err, map[string]string{file: text})
			return
		}
		if c.Graph == nil || len(c.Processes) == 0 || len(c.Watchpoints) < len(c.Processes) {
			t.Errorf("incomplete: %+v", c)
		}
		for _, p := range c.Processes {
			if len(p.Argv) == 0 || !filepath.IsAbs(p.Dir) || len(p.SuccessCodes) == 0 || p.StopSignal == 0 {
				t.Errorf("incomplete: %+v", p)
			}
			if !p.Service && (p.Weight < 1 || p.Retries < 0 || p.AtomicOutput != "" && len(p.Outputs) != 1) {
				t.Errorf("wrong limits: %+v", p)
			}
			if !slices.Contains(c.Named(p.called()), p.Name) || p.Paths()[0].Key != p.Name || (p.Group == "") != (p.Matrix == nil) {
				t.Errorf("wrong names: %+v", p)
			}
		}
	})
}

// FuzzInclude expects errors that point into the right one of two files.
func FuzzInclude(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if file.Name != wantName {
				f.Add("include = [\"other.toml\"]\n"+string(archive.Files[0].Data), string(file.Data))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		if strings.Contains(text+other, "env_file") {
			t.Skip("it could name a file that never ends")
		}
		dir := t.TempDir()
		files := map[string]string{filepath.Join(dir, FileName): text, filepath.Join(dir, "other.toml"): other}
		for file, text := range files {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		c, err := Load(filepath.Join(dir, FileName))
		if err != nil {
			expectPositions(t, err, files)
		} else if c.Graph == nil || c.Files[0] != filepath.Join(dir, FileName) {
			t.Errorf("incomplete: %+v", c)
		}
	})
}

// expectPositions has the texts of the files that the errors may be about; any
// other is one that these include.
func expectPositions(t *testing.T, err error, texts map[string]string) {
	all, ok := errors.AsType[*Errors](err)
	if !ok || len(all.List) == 0 {
		t.Fatalf("not a list of errors: %#v", err)
	}
	for _, p := range all.List {
		if text, known := texts[p.File]; known && (p.Line < 0 || p.Line > 1+strings.Count(text, "\n")) {
			t.Errorf("there is no line %d: %s", p.Line, p.Text)
		}
		if first, _, _ := strings.Cut(p.Text, "\n"); !strings.Contains(first, "cannot ") {
			t.Errorf("does not say what cannot be: %s", first)
		}
	}
}

// FuzzEnvFile expects that what can be read can be passed to a process.
func FuzzEnvFile(f *testing.F) {
	seeds(f)
	f.Add(secretEnv)
	f.Fuzz(func(t *testing.T, text string) {
		list, problems := parseEnvFile("x.env", text)
		for _, v := range list {
			if !isVariableName(v.name) || strings.ContainsRune(v.value, 0) {
				t.Errorf("read %q = %q", v.name, v.value)
			}
		}
		for _, p := range problems {
			if p.Line < 1 || p.Line > 1+strings.Count(text, "\n") {
				t.Errorf("there is no line %d", p.Line)
			}
		}
	})
}
