package record

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// What cli looks for in reasons is what compare writes.
func TestWhatAReasonIsAbout(t *testing.T) {
	old := &Record{Inputs: []Entry{{Path: "\"a"}, {Path: "a: b"}, {Path: "gone"}}, Upstream: map[string]string{"t[n=1]": "x", "u": "", "the 200 tasks before it": "x"}}
	now := &Record{Inputs: []Entry{{Path: "\"a", Hash: "h"}, {Path: "a: b", Hash: "h"}, {Path: "new\n\x1b[31m"}}, Upstream: map[string]string{"t[n=1]": "y", "v": ""}}
	var got []string
	for _, reason := range differences(Task{}, old, now) {
		if strings.ContainsFunc(reason, unicode.IsControl) {
			t.Errorf("%q does more to a terminal than print", reason)
		}
		if path, ok := InputIn(reason); ok {
			got = append(got, "input "+path)
		}
		if task, ok := UpstreamIn(reason); ok {
			got = append(got, "upstream "+task)
		}
	}
	want := []string{"input \"a", "input a: b", "input gone", "input new\n\x1b[31m", "upstream t[n=1]"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if path, ok := InputIn("output changed: x"); ok {
		t.Errorf("an output is taken for the input %q", path)
	}
}

// A record tells of many tasks before it in one sum.
func TestManyTasksBefore(t *testing.T) {
	p := newProject(t)
	for i := range 2 * mostUpstream {
		name := fmt.Sprintf("before%03d", i)
		p.task.Upstream = append(p.task.Upstream, name)
		p.book.publish(name, "made")
	}
	p.check()
	p.run()
	if v := p.check(); !v.Current {
		t.Fatalf("it has to run: %q", v.Reasons)
	}
	p.book.publish("before150", "made anew")
	want := []string{"what comes from the 200 tasks before it changed"}
	if v := p.check(); !slices.Equal(v.Reasons, want) {
		t.Errorf("reasons %q, want %q", v.Reasons, want)
	}
}

// A directory that is emptied or filled is no file that comes or goes.
func TestEmptiedDirectory(t *testing.T) {
	p := newProject(t)
	p.task.Inputs = []string{p.path("src")}
	p.write("in", "1")
	p.write("src/a/5", "1")
	p.write("src/a-b", "1")
	p.run()
	p.remove("src/a/5")
	p.expect("input removed: src/a/5")
	p.run()
	p.write("src/a/6", "1")
	p.expect("input added: src/a/6")
	p.run()
	p.remove("src/a")
	p.expect("input removed: src/a/6")
	p.run()
	p.remove("src")
	must(t, os.Mkdir(p.path("src"), 0o777))
	p.expect("input removed: src/a-b")
	p.run()
	must(t, os.Mkdir(p.path("src/sub"), 0o777))
	p.expect("input added: src/sub")
	p.run()
	p.remove("src/sub")
	p.write("src/sub", "1")
	p.expect("input changed: src/sub")
}
