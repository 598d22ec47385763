package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGraphText(t *testing.T) {
	p := newProject(t, sample)
	p.expect(spoken{out: `level 0
  service db      signals db (by itself)
  task    build   waits on data; signals 42, booted (by itself)
level 1
  task    report  waits on (build or build.failed) and db
signalled from outside
  data
critical path, 2 of 3 processes
  db -> report
`}, "graph")
	p.expect(spoken{out: `level 0
  task    build  waits on data; signals 42, booted (by itself)
signalled from outside
  data
critical path, 1 of 1 processes
  build
`}, "graph", "build")
	p.expect(p.wprun("graph"), "graph", "report")
}

func TestGraphFormats(t *testing.T) {
	p := newProject(t, sample)
	for format, begin := range map[string]string{"dot": "digraph wprun {\n", "mermaid": "flowchart LR\n", "json": "{\n"} {
		if got := p.wprun("graph", "--format", format); got.code != 0 || got.err != "" || !strings.HasPrefix(got.out, begin) {
			t.Errorf("%s: %+v", format, got)
		}
	}
	p.expect(spoken{code: 2, err: "wprun: cannot draw a graph as \"svg\": use text, dot, mermaid, json\n"}, "graph", "--format", "svg")
	if got := p.wprun("graph", "bild"); got.code != 2 || !strings.Contains(got.err, `did you mean "build"?`) {
		t.Errorf("unknown target: %+v", got)
	}
}

func TestGraphJSON(t *testing.T) {
	p := newProject(t, sample)
	read := func(args ...string) drawing {
		var d drawing
		if err := json.Unmarshal([]byte(p.wprun(append([]string{"graph", "--format", "json"}, args...)...).out), &d); err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := read()
	if diff := cmp.Diff([][]string{{"db", "build"}, {"report"}}, d.Levels); diff != "" {
		t.Errorf("levels, -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"db", "report"}, d.CriticalPath); diff != "" {
		t.Errorf("critical path, -want +got:\n%s", diff)
	}
	paths := map[string]string{}
	for _, w := range d.Watchpoints {
		paths[w.Key] = w.Path
	}
	for key, want := range map[string]string{
		"42":        "$DIR/sub/dir/IAmNamed.watch",
		"42.failed": "$DIR/sub/dir/IAmNamed.failed.watch",
		"data":      "$DIR/share/data.watch",
		"booted":    "",
	} {
		if paths[key] != want {
			t.Errorf("path of %s is %q, want %q", key, paths[key], want)
		}
	}
	if d = read("build"); len(d.Processes) != 1 || len(d.Watchpoints) != 8 {
		t.Errorf("%d processes and %d watchpoints for build, want 1 and 8", len(d.Processes), len(d.Watchpoints))
	}
}
