// Package internal holds the tests of how the packages fit together.
package internal

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what the code of a package, tests left out, may import beside the
// standard library. An element that ends in "/..." stands for all below it.
type layer struct {
	dir   string
	may   []string
	never []string // of the standard library
	why   string
}

var layers = []layer{
	{dir: "cmd/wprun", may: ours("cli"), why: "main is one call and one exit"},
	{
		dir: "internal/cli",
		may: append(
			ours("config", "engine", "files", "glob", "graph", "guard", "nearest", "output", "probe", "proc", "record", "rundir", "runner", "view", "watchpoint"),
			"github.com/spf13/...", "golang.org/x/sync/errgroup", "golang.org/x/term", "golang.org/x/sys/unix"),
		why: "it is the one place that knows everybody, and the one that knows flags and streams",
	},
	{
		dir: "internal/config",
		may: append(ours("glob", "graph", "nearest", "probe", "program", "watchpoint"), "github.com/BurntSushi/toml", "golang.org/x/sys/unix"),
		why: "it turns a file into data and starts nothing", never: []string{"os/exec"},
	},
	{dir: "internal/graph", may: ours("nearest"), never: impure, why: "it is data"},
	{
		dir: "internal/engine", may: ours("graph"), never: impure,
		why: "the same events must always lead to the same actions",
	},
	{
		dir: "internal/runner", may: append(ours("engine", "graph"), "golang.org/x/sync/errgroup"),
		never: []string{"net", "os", "os/exec", "os/signal", "path/filepath", "syscall"},
		why:   "what touches the world is behind its interfaces",
	},
	{dir: "internal/view", may: ours("engine"), never: impure, why: "it folds what it is told into text"},
	{
		dir: "internal/watchpoint", may: append(ours("nearest", "poll", "spot"), "github.com/fsnotify/fsnotify", "golang.org/x/sys/unix"),
		why: "a library of its own: nothing of ours stands above it",
	},
	{dir: "internal/probe", may: append(ours("program"), "golang.org/x/sys/unix"), why: "it knows how to ask a service and no more"},
	{dir: "internal/proc", may: append(ours("procfs", "program"), "golang.org/x/sys/unix"), why: "it knows process trees and no more"},
	{
		dir: "internal/guard", may: append(ours("proc", "procfs"), "golang.org/x/sys/unix", "golang.org/x/term"),
		why: "it knows two processes of one run, and not what a run is",
	},
	{dir: "internal/program", may: []string{"golang.org/x/sys/unix"}, never: []string{"os/exec"}, why: "it looks at files and starts nothing"},
	{dir: "internal/procfs", why: "it reads what is told of processes and does nothing to them"},
	{dir: "internal/rundir", may: append(ours("procfs"), "golang.org/x/sys/unix"), why: "it knows a directory's layout and no more"},
	{dir: "internal/record", may: ours("glob"), why: "it compares files and no more"},
	{dir: "internal/output", why: "it knows bytes and a screen and no more"},
	{
		dir: "internal/files", may: append(ours("glob", "poll", "spot"), "github.com/fsnotify/fsnotify"),
		why: "it knows when files change and no more",
	},
	{dir: "internal/glob", never: impure, why: "it compares paths"},
	{dir: "internal/poll", may: []string{"golang.org/x/sys/unix"}, why: "it knows how often to look and no more"},
	{dir: "internal/spot", why: "it knows where to look and no more"},
	{dir: "internal/nearest", never: impure, why: "it compares words"},
}

// impure is what would make a result depend on anything but the arguments.
var impure = []string{
	"context", "io/fs", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "os/signal",
	"path/filepath", "runtime", "sync", "sync/atomic", "syscall", "unsafe",
}

func ours(names ...string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, "wprun/internal/"+name)
	}
	return paths
}

// TestLayers keeps the direction of the imports.
func TestLayers(t *testing.T) {
	rules := map[string]layer{}
	for _, l := range layers {
		rules[l.dir] = l
	}
	met := map[string]bool{}
	for _, f := range sources(t, "cmd", "internal") {
		dir := filepath.ToSlash(filepath.Dir(f.path))
		l, known := rules[dir]
		if !known {
			t.Errorf("%s has no layer: say in the list above what it may import, and why", dir)
			continue
		}
		met[dir] = true
		for _, i := range f.syntax.Imports {
			path, _ := strconv.Unquote(i.Path.Value)
			if !l.allows(path) {
				t.Errorf("%s: %s must not import %q: %s", f.at(i.Pos()), dir, path, l.why)
			}
		}
	}
	for _, l := range layers {
		if !met[l.dir] {
			t.Errorf("the list above has %q, which has no code", l.dir)
		}
	}
}

func (l layer) allows(path string) bool {
	if slices.Contains(l.never, path) {
		return false
	}
	first, _, _ := strings.Cut(path, "/")
	if first != "wprun" && !strings.Contains(first, ".") {
		return true // the standard library
	}
	return slices.ContainsFunc(l.may, func(allowed string) bool {
		stem, below := strings.CutSuffix(allowed, "/...")
		return path == allowed || below && strings.HasPrefix(path, stem+"/")
	})
}

// TestPureCodeHasNoClock keeps the clock out where time may be data only.
func TestPureCodeHasNoClock(t *testing.T) {
	clock := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
	for _, f := range sources(t, "internal/engine", "internal/graph", "internal/view", "internal/nearest") {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "time" && slices.Contains(clock, s.Sel.Name) {
					t.Errorf("%s: time.%s: the time comes as an event or an argument", f.at(s.Pos()), s.Sel.Name)
				}
			}
			return true
		})
	}
}

const (
	maxFileLines     = 400
	maxFunctionLines = 60
)

// TestSizes keeps files and functions within what one reads at once, and start-up
// free of hidden work.
func TestSizes(t *testing.T) {
	for _, f := range sources(t, "cmd", "internal", "e2e", "examples") {
		if n := f.lines(f.syntax.FileStart, f.syntax.FileEnd); n > maxFileLines {
			t.Errorf("%s has %d lines; %d are allowed: divide it by subject", f.path, n, maxFileLines)
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := f.lines(fn.Pos(), fn.End()); n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines; %d are allowed", f.at(fn.Pos()), fn.Name.Name, n, maxFunctionLines)
			}
			if fn.Name.Name == "init" && fn.Recv == nil {
				t.Errorf("%s: init: do the work where it is needed", f.at(fn.Pos()))
			}
		}
	}
}

// source is one file of Go for whatever platform.
type source struct {
	path   string // from the root of the module
	set    *token.FileSet
	syntax *ast.File
}

func (s source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.set.Position(p).Line) }

func (s source) lines(from, to token.Pos) int {
	return s.set.Position(to).Line - s.set.Position(from).Line + 1
}

// sources parses the code below some directories of the module, tests and data
// left out.
func sources(t *testing.T, dirs ...string) []source {
	t.Helper()
	var list []source
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "testdata" || d.Name() == ".wprun"):
				return fs.SkipDir
			case d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			set := token.NewFileSet()
			syntax, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			list = append(list, source{strings.TrimPrefix(filepath.ToSlash(path), "../"), set, syntax})
			return err
		})
		if err != nil {
			t.Fatalf("cannot read %s: %v", dir, err)
		}
	}
	slices.SortFunc(list, func(a, b source) int { return cmp.Compare(a.path, b.path) })
	return list
}
