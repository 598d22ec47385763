package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const source = `package p

import (
	"fmt"
	str "strings"
)

func f() { fmt.Println(str.ToUpper("fmt")) } // fmt
`

func TestCountsWhatTheFilesOfAListUse(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "p/a.go"), source)
	write(t, filepath.Join(root, "p/b.go"), "package p\nvar f2 = f\n")
	write(t, filepath.Join(root, "p/unlisted.go"), "package p\n")
	list := filepath.Join(root, "list")
	write(t, list, "p/a.go\np/b.go\n")

	var got strings.Builder
	if err := run(root, list, &got); err != nil {
		t.Fatal(err)
	}
	want := `ident	Println	1
ident	ToUpper	1
ident	f	2
ident	f2	1
ident	fmt	1
ident	p	2
ident	str	2
import	fmt	1
import	strings	1
package	p	10
total	bytes	118
total	files	2
total	lines	10
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestRefusesWhatItCannotCount(t *testing.T) {
	for name, c := range map[string]struct{ listed, source, want string }{
		"missing file": {"gone.go", "package p\n", "gone.go"},
		"not Go":       {"p.go", "hello\n", "cannot parse the imports"},
		"open string":  {"p.go", "package p\nvar s = \"open\n", "cannot scan the source"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			write(t, filepath.Join(root, "p.go"), c.source)
			list := filepath.Join(root, "list")
			write(t, list, c.listed+"\n")
			err := run(root, list, &strings.Builder{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
