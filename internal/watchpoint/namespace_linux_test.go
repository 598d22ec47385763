package watchpoint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// insideVariable marks the test binary that runs in a namespace of its own.
const insideVariable = "WATCHPOINT_TEST_INSIDE"

// inside reports whether the test already runs in a user namespace. If it does
// not, inside runs the test there, after a script that sets the stage; a script
// starts the test binary by exec "$@".
func inside(t *testing.T, script string) bool {
	t.Helper()
	if os.Getenv(insideVariable) == t.Name() {
		return true
	}
	require(t, exec.Command("unshare", "-Urm", "true"))
	cmd := exec.Command("unshare", "-Urm", "sh", "-ec", script, "sh", os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), insideVariable+"="+t.Name())
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("inside the namespace: %v\n%s", err, out)
	}
	return false
}

// require skips the test if the command fails, and fails it where CI is true.
func require(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("cannot do without %q: %v: %s", cmd, err, out)
	default:
		t.Skipf("%q does not work here: %v: %s", cmd, err, out)
	}
}

// scattered are watchpoints with a base each, every other one missing.
func scattered(t *testing.T, bases int) []Watchpoint {
	t.Helper()
	top := t.TempDir()
	var list []Watchpoint
	for i := range bases {
		base := filepath.Join(top, fmt.Sprintf("parent%d", i), "base")
		if i%2 == 0 {
			must(t, os.MkdirAll(base, 0o777))
		}
		list = append(list, point(base, fmt.Sprintf("k%d", i)))
	}
	return list
}

// seesAll makes and removes each watchpoint and expects its warnings at the end.
func (w *watching) seesAll(list []Watchpoint, warnings ...string) {
	w.t.Helper()
	for _, p := range list {
		must(w.t, os.MkdirAll(dirOf(p.Base, p.name()), 0o777))
	}
	for _, p := range list {
		w.expect(p.Key, true)
	}
	for _, p := range list {
		must(w.t, os.RemoveAll(filepath.Dir(p.Base)))
	}
	for _, p := range list {
		w.expect(p.Key, false)
	}
	told := w.told()
	if len(told) != len(warnings) {
		w.t.Fatalf("%d warnings, want %d: %q", len(told), len(warnings), told)
	}
	for i, want := range warnings {
		if !strings.Contains(told[i], want) {
			w.t.Errorf("warning %q does not contain %q", told[i], want)
		}
	}
}

func TestWatcherWithoutInotifyInstances(t *testing.T) {
	if inside(t, `echo 0 >/proc/sys/user/max_inotify_instances; exec "$@"`) {
		list := scattered(t, 8)
		watch(t, list).seesAll(list, "fs.inotify.max_user_instances")
	}
}

func TestWatcherWithFewInotifyWatches(t *testing.T) {
	if inside(t, `echo 5 >/proc/sys/user/max_inotify_watches; exec "$@"`) {
		list := scattered(t, 12)
		watch(t, list).seesAll(list, "fs.inotify.max_user_watches")
	}
}

func TestWatcherWithEnoughInotifyDoesNotWarn(t *testing.T) {
	if inside(t, `exec "$@"`) {
		list := scattered(t, 12)
		watch(t, list).seesAll(list)
	}
}

func TestWatcherFollowsMounts(t *testing.T) {
	if !inside(t, `exec "$@"`) {
		return
	}
	base := t.TempDir()
	must(t, os.Mkdir(dirOf(base, "below"), 0o777))
	w := watch(t, []Watchpoint{point(base, "below"), point(base, "above")})
	w.expect(StringKey("below"), true)
	for range 2 {
		must(t, unix.Mount("none", base, "tmpfs", 0, ""))
		w.expect(StringKey("below"), false)
		must(t, os.Mkdir(dirOf(base, "above"), 0o777))
		w.expect(StringKey("above"), true)
		must(t, unix.Unmount(base, unix.MNT_DETACH))
		w.expect(StringKey("above"), false)
		w.expect(StringKey("below"), true)
	}
	must(t, os.Remove(dirOf(base, "below")))
	w.expect(StringKey("below"), false)
}

func TestWatcherKnowsBindMount(t *testing.T) {
	if !inside(t, `exec "$@"`) {
		return
	}
	top := t.TempDir()
	dir, bound := filepath.Join(top, "dir"), filepath.Join(top, "bound")
	must(t, os.Mkdir(dir, 0o777))
	must(t, os.Mkdir(bound, 0o777))
	must(t, unix.Mount(dir, bound, "", unix.MS_BIND, ""))
	t.Cleanup(func() { unix.Unmount(bound, unix.MNT_DETACH) })
	w := watch(t, []Watchpoint{point(dir, "a"), point(bound, "b")}, withoutBackstop)
	must(t, os.Mkdir(dirOf(bound, "a"), 0o777))
	must(t, os.Mkdir(dirOf(dir, "b"), 0o777))
	w.expect(StringKey("a"), true)
	w.expect(StringKey("b"), true)
}

func TestWatcherSeesOtherLayerOfOverlay(t *testing.T) {
	if !inside(t, `exec "$@"`) {
		return
	}
	top := t.TempDir()
	must(t, unix.Mount("none", top, "tmpfs", 0, ""))
	t.Cleanup(func() { unix.Unmount(top, unix.MNT_DETACH) })
	for _, dir := range []string{"lower", "upper", "work", "base"} {
		must(t, os.Mkdir(filepath.Join(top, dir), 0o777))
	}
	base := filepath.Join(top, "base")
	layers := fmt.Sprintf("lowerdir=%[1]s/lower,upperdir=%[1]s/upper,workdir=%[1]s/work", top)
	must(t, unix.Mount("none", base, "overlay", 0, layers))
	t.Cleanup(func() { unix.Unmount(base, unix.MNT_DETACH) })
	w := watch(t, []Watchpoint{point(base, "x"), point(base, "y")})
	must(t, os.Mkdir(dirOf(base, "y"), 0o777))
	w.expect(StringKey("y"), true)
	must(t, os.Mkdir(dirOf(filepath.Join(top, "upper"), "x"), 0o777))
	w.expect(StringKey("x"), true)
}

func TestWatcherOfBaseThatCannotBeListed(t *testing.T) {
	require(t, exec.Command("setpriv", "--version"))
	if !inside(t, `exec setpriv --bounding-set=-dac_override,-dac_read_search --inh-caps=-all -- "$@"`) {
		return
	}
	base := filepath.Join(t.TempDir(), "base")
	must(t, os.Mkdir(base, 0o300))
	t.Cleanup(func() { os.Chmod(base, 0o700) })
	if _, err := os.ReadDir(base); err == nil {
		t.Fatal("the base can be listed")
	}
	w := watch(t, []Watchpoint{point(base, "x"), point(base, "y")})
	must(t, os.Mkdir(dirOf(base, "x"), 0o777))
	w.expect(StringKey("x"), true)
	must(t, os.Remove(dirOf(base, "x")))
	w.expect(StringKey("x"), false)
	if told := w.told(); len(told) != 1 || !strings.Contains(told[0], "permission denied") {
		t.Errorf("warned %q, want one line about the permission", told)
	}
	must(t, os.Mkdir(dirOf(base, "y"), 0o777))
	w.expect(StringKey("y"), true)
	must(t, os.Chmod(base, 0))
	w.watcher.poke()
	w.until("a second warning", func() bool { return len(w.warnings) == 2 })
	w.expect(StringKey("y"), true)
}
