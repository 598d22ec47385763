// Count prints how often the Go files of a list use each identifier and each
// import, and how many lines each package has.
//
//	count ROOT LIST
//
// LIST names files relative to ROOT, one a line. The result is lines of
// "KIND<tab>NAME<tab>NUMBER" in sorted order.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: count ROOT LIST")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "count:", err)
		os.Exit(1)
	}
}

func run(root, list string, w io.Writer) error {
	names, err := os.ReadFile(list)
	if err != nil {
		return fmt.Errorf("cannot read the list: %w", err)
	}
	t := tally{}
	for name := range strings.Lines(string(names)) {
		name = strings.TrimSuffix(name, "\n")
		source, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return fmt.Errorf("cannot read a source: %w", err)
		}
		if err := t.file(name, source); err != nil {
			return err
		}
	}
	return t.write(w)
}

// entry is what is counted: a kind ("ident", "import", "package", "total")
// and a name of that kind.
type entry struct{ kind, name string }

type tally map[entry]int

// file counts one source; its package is known by its directory.
func (t tally) file(name string, source []byte) error {
	lines := bytes.Count(source, []byte("\n"))
	t[entry{"total", "files"}]++
	t[entry{"total", "lines"}] += lines
	t[entry{"total", "bytes"}] += len(source)
	t[entry{"package", path.Dir(name)}] += lines
	if err := t.imports(name, source); err != nil {
		return err
	}
	return t.identifiers(name, source)
}

func (t tally) imports(name string, source []byte) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return fmt.Errorf("cannot parse the imports: %w", err)
	}
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return fmt.Errorf("cannot read import %s of %q: %w", spec.Path.Value, name, err)
		}
		t[entry{"import", imported}]++
	}
	return nil
}

func (t tally) identifiers(name string, source []byte) error {
	var errs scanner.ErrorList
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile(name, -1, len(source)), source, errs.Add, 0)
	for {
		_, tok, text := s.Scan()
		if tok == token.EOF {
			break
		}
		if tok == token.IDENT {
			t[entry{"ident", text}]++
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("cannot scan the source: %w", errs)
	}
	return nil
}

func (t tally) write(w io.Writer) error {
	entries := make([]entry, 0, len(t))
	for e := range t {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	out := bufio.NewWriter(w)
	for _, e := range entries {
		fmt.Fprintf(out, "%s\t%s\t%d\n", e.kind, e.name, t[e])
	}
	return out.Flush()
}
