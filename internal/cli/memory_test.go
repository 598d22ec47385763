package cli

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"testing"
)

// alone runs a test in a process of its own: the collectors that other tests have made
// adapt the same percentage.
func alone(t *testing.T) bool {
	t.Helper()
	const variable = "WPRUN_TEST_ALONE"
	if os.Getenv(variable) == t.Name() {
		return true
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), variable+"="+t.Name())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

func TestCollectorChangesAndGivesBack(t *testing.T) {
	if !alone(t) {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(77))
	c := newCollector("no such file")
	if debug.SetGCPercent(50) == 77 {
		t.Error("garbage is collected as it was before")
	}
	for range 3 {
		runtime.GC() // has it adapt, which may come late
	}
	c.stop()
	c.adapt()
	if now := debug.SetGCPercent(77); now != 77 {
		t.Errorf("%d percent, want what was before", now)
	}
}

func TestSmallRunKeepsLessGarbage(t *testing.T) {
	if !alone(t) {
		return
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	c := newCollector("no such file")
	defer c.stop()
	large := c.percent
	c.small()
	if now := debug.SetGCPercent(c.percent); now < 100 || now >= large {
		t.Errorf("garbage is collected at %d percent, want less than %d and at least 100", now, large)
	}
}
