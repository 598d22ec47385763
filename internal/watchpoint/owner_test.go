package watchpoint

import (
	"os"
	"strings"
	"testing"
)

const stranger = 4711

// ofStranger puts a directory there that belongs to another user from the first
// moment it can be seen.
func ofStranger(t *testing.T, path string) {
	t.Helper()
	made := t.TempDir()
	switch err := os.Chown(made, stranger, stranger); {
	case err == nil:
		must(t, os.Rename(made, path))
	case os.Getenv("CI") == "true":
		t.Fatalf("cannot do without another user's directory: %v", err)
	default:
		t.Skipf("cannot make another user's directory: %v", err)
	}
}

// base is one with these permissions.
func baseOf(t *testing.T, mode os.FileMode) string {
	t.Helper()
	base := t.TempDir()
	must(t, os.Chmod(base, mode))
	return base
}

func TestAStrangersWatchpointDoesNotCountWhereAnybodyCanMakeOne(t *testing.T) {
	base := baseOf(t, 0o777|os.ModeSticky)
	ofStranger(t, dirOf(base, "before"))
	list := []Watchpoint{point(base, "before"), point(base, "after"), point(base, "own")}
	w := watch(t, list)
	ofStranger(t, dirOf(base, "after"))
	must(t, os.Mkdir(dirOf(base, "own"), 0o777))
	w.expect(StringKey("own"), true)
	w.until("three warnings", func() bool { return len(w.warnings) == 3 })
	if w.has(StringKey("before")) || w.has(StringKey("after")) {
		t.Error("a stranger's directory opened a gate")
	}
	told := strings.Join(w.told(), "\n")
	for _, want := range []string{
		`cannot trust everybody in "` + base + `"`,
		`"before": user 4711 made it, and where anybody can make directories only those of this user and of root count`,
		`"after": user 4711 made it`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("warned %q, which lacks %q", told, want)
		}
	}
	must(t, os.Remove(dirOf(base, "after")))
	must(t, os.Mkdir(dirOf(base, "after"), 0o777))
	w.expect(StringKey("after"), true)
}

func TestAStrangersWatchpointCountsInABaseOfOurs(t *testing.T) {
	base := baseOf(t, 0o775)
	ofStranger(t, dirOf(base, "x"))
	w := watch(t, []Watchpoint{point(base, "x")})
	w.expect(StringKey("x"), true)
	if told := w.told(); len(told) > 0 {
		t.Errorf("warned %q", told)
	}
}

func TestHandlerDoesNotTakeAStrangersWatchpoint(t *testing.T) {
	base := baseOf(t, 0o777)
	ofStranger(t, dirOf(base, "x"))
	h, err := NewHandler([]Watchpoint{point(base, "x")})
	must(t, err)
	const why = `x.watch" does not count: user 4711 made it`
	if here, err := h.Exists(StringKey("x")); here || err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("exists: %v, %v", here, err)
	}
	if err := h.Create(StringKey("x")); err == nil || !strings.Contains(err.Error(), why) || Passing(err) {
		t.Errorf("create: %v", err)
	}
	must(t, h.Remove(StringKey("x")))
}
