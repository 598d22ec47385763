package cli

import (
	"slices"
	"testing"
)

func TestUpstream(t *testing.T) {
	l := newTestLedger(t, `
[task.lib]
command = "true"
outputs = "lib"

[task.tool]
command = "true"
waits_on = ["lib"]
outputs = "tool"

[service.api]
command  = "true"
waits_on = ["tool"]
ready    = "started"

[service.unready]
command  = "true"
waits_on = ["lib"]
ready    = "self"

[task.check]
command  = "true"
waits_on = ["lib", "tool", "api"]

[task.direct]
command  = "true"
waits_on = ["lib"]
inputs   = "x"

[task.behind]
command  = "true"
waits_on = ["api", "lib", "check"]
inputs   = "x"

[task.nearest]
command  = "true"
waits_on = ["tool"]
inputs   = "x"

[task.either]
command  = "true"
waits_on = [["lib", "lib.failed"], "unready", "tool.failed"]
inputs   = "x"
`)
	for name, want := range map[string][]string{
		"direct": {"lib"}, "behind": {"lib", "tool"}, "nearest": {"tool"}, "either": nil,
	} {
		if got := l.tasks[name].Upstream; !slices.Equal(got, want) {
			t.Errorf("before %s is %q, want %q", name, got, want)
		}
	}
}
