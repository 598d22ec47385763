package record

import (
	"slices"
	"testing"
)

// What cli looks for in reasons is what compare writes.
func TestWhatAReasonIsAbout(t *testing.T) {
	old := &Record{Inputs: []Entry{{Path: "a: b"}, {Path: "gone"}}, Upstream: map[string]string{"t[n=1]": "x", "u": ""}}
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
