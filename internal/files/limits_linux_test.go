package files

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// insideVariable marks the test binary that runs in a namespace of its own.
const insideVariable = "FILES_TEST_INSIDE"

// inside reports whether the test already runs in a user namespace. If it does
// not, inside runs the test there, where a sysctl has another value.
func inside(t *testing.T, sysctl string, value int) bool {
	t.Helper()
	if os.Getenv(insideVariable) == t.Name() {
		return true
	}
	script := fmt.Sprintf(`echo %d >/proc/sys/user/%s; exec "$@"`, value, sysctl)
	if out, err := exec.Command("unshare", "-Urm", "true").CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("cannot do without unshare: %v: %s", err, out)
		}
		t.Skipf("unshare does not work here: %v: %s", err, out)
	}
	cmd := exec.Command("unshare", "-Urm", "sh", "-ec", script, "sh", os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), insideVariable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("inside the namespace: %v\n%s", err, out)
	}
	return false
}

// seesChangesAndWarnsOnce watches more directories than there may be watches.
func seesChangesAndWarnsOnce(t *testing.T, sysctl string) {
	dir := t.TempDir()
	var paths []string
	for i := range 12 {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("sub%d", i), "x"))
		write(t, paths[i], "1")
	}
	s, _ := start(t, one(dir+"/**"))
	for _, path := range paths {
		write(t, path, "22")
		s.expect("a", path)
	}
	warned := s.warned()
	if strings.Contains(warned, "\n") || !strings.Contains(warned, sysctl) {
		t.Errorf("warned %q, want one line about %s", warned, sysctl)
	}
}

func TestWithoutInotifyInstances(t *testing.T) {
	if inside(t, "max_inotify_instances", 0) {
		seesChangesAndWarnsOnce(t, "fs.inotify.max_user_instances")
	}
}

func TestWithFewInotifyWatches(t *testing.T) {
	if inside(t, "max_inotify_watches", 5) {
		seesChangesAndWarnsOnce(t, "fs.inotify.max_user_watches")
	}
}

func TestLostEventsAreMadeUpForByLooking(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x")
	s, w := start(t, one(dir+"/*"), refusing, withoutBackstop)
	write(t, file, "1")
	w.mail.lose() // as when the queue of the kernel has overflowed
	s.expect("a", file)
}
