package record

import (
	"fmt"
	"slices"
	"testing"
)

// What cli looks for in reasons is what compare writes.
func TestWhatAReasonIsAbout(t *testing.T) {
	old := &Record{Inputs: []Entry{{Path: "a: b"}, {Path: "gone"}}, Upstream: map[string]string{"t[n=1]": "x", "u": "", "the 200 tasks before it": "x"}}
	now := &Record{Inputs: []Entry{{Path: "a: b", Hash: "h"}, {Path: "new"}}, Upstream: map[string]string{"t[n=1]": "y", "v": ""}}
	var got []string
	for _, reason := range differences(Task{}, old, now) {
		if path, ok := InputIn(reason); ok {
			got = append(got, "input "+path)
		}
		if task, ok := UpstreamIn(reason); ok {
			got = append(got, "upstream "+task)
		}
	}
	want := []string{"input a: b", "input gone", "input new", "upstream t[n=1]", "upstream u", "upstream v"}
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
