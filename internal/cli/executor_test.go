//go:build linux

package cli

import (
	"os"
	"runtime"
	"testing"
	"time"

	"wprun/internal/engine"
	"wprun/internal/proc"
)

// The start and the end of a short command come together, and other events may be
// waited for before the engine has taken either.
func TestShortCommandIsKnownUntilItsEndIsTaken(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	set, err := proc.NewSet()
	if err != nil {
		t.Fatal(err)
	}
	defer set.Close(time.Minute)
	spec := func() proc.Spec { return proc.Spec{Argv: []string{"/bin/true"}, Env: os.Environ()} }
	x := newExecutor(set, map[string]*command{"a": {name: "a", spec: spec}}, &stopwatch{})
	x.begin = func(string) error { return nil }
	id := engine.ID{Process: "a", Run: 1}
	if err := x.Start(id); err != nil {
		t.Fatal(err)
	}
	for exited := false; !exited; {
		for _, ev := range x.Wait(true) {
			_, is := ev.(engine.Exited)
			exited = exited || is
		}
	}
	x.Wait(false)
	if x.pid(id) == 0 {
		t.Error("it is forgotten before the engine has taken its end")
	}
	x.Follow(id)
	x.Forget(id)
	if x.pid(id) != 0 {
		t.Error("it is not forgotten")
	}
}
