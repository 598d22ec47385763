//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// programs builds wprun and this program, without the race detector: a forked
// copy of a Go program is none that it understands.
func programs(t *testing.T) (wprun, self string) {
	dir := t.TempDir()
	wprun, self = filepath.Join(dir, "wprun"), filepath.Join(dir, "survivors")
	for to, name := range map[string]string{wprun: "wprun/cmd/wprun", self: "wprun/e2e/survivors"} {
		if err := build(to, name); err != nil {
			t.Fatal(err)
		}
	}
	return wprun, self
}

// TestNothingSurvivesWprun ends wprun in every way and finds nothing alive two
// seconds after.
func TestNothingSurvivesWprun(t *testing.T) {
	wprun, self := programs(t)
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			o, err := try(tools(wprun, self)[0], w, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for actor, n := range o.alive {
				if n > 0 {
					t.Errorf("%d of %d processes of %s are alive", n, sizes[actor], actor)
				}
			}
			if o.end == "still runs" || t.Failed() {
				t.Errorf("wprun: %s; it said:\n%s", o.end, o.said)
			}
		})
	}
}

// TestSurvivorsAreCounted gives the table something to count: a shell that is
// killed leaves everything.
func TestSurvivorsAreCounted(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	_, self := programs(t)
	tool := tool{
		name: "sh", program: shell, args: []string{"file"}, self: self,
		file: "file", line: "%[2]s actor %[3]s %[1]s %[1]s &\n", tail: "wait\n",
	}
	o, err := try(tool, killed, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for actor, n := range o.alive {
		if n != sizes[actor] {
			t.Errorf("%s: %d processes are alive, want %d", actor, n, sizes[actor])
		}
	}
}
