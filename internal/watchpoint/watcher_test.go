package watchpoint

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(patient{m})
}

// patient runs the tests and waits until no goroutine is left, or for 30 s: on a
// busy machine the kernel may take more than a second to close what hears events.
type patient struct{ m *testing.M }

func (p patient) Run() int {
	code := p.m.Run()
	for began := time.Now(); goleak.Find() != nil && time.Since(began) < 30*time.Second; {
	}
	return code
}

func TestWatcherReportsWhatAppearsAndDisappears(t *testing.T) {
	base := t.TempDir()
	must(t, os.Mkdir(dirOf(base, "old"), 0o777))
	w := watch(t, []Watchpoint{point(base, "old"), point(base, "new"), {Key: IntKey(42), Base: base, Name: "answer"}}, withoutBackstop)
	if want := []Change{{StringKey("old"), true}}; !slices.Equal(w.first(), want) {
		t.Errorf("the first report is %v, want %v", w.first(), want)
	}
	must(t, os.Mkdir(dirOf(base, "new"), 0o777))
	w.expect(StringKey("new"), true)
	must(t, os.Mkdir(dirOf(base, "answer"), 0o777))
	w.expect(IntKey(42), true)
	must(t, os.Remove(dirOf(base, "old")))
	w.expect(StringKey("old"), false)
	must(t, os.Rename(dirOf(base, "new"), dirOf(base, "old")))
	w.expect(StringKey("old"), true)
	w.expect(StringKey("new"), false)
	if told := w.told(); len(told) > 0 {
		t.Errorf("warned %q", told)
	}
}

func TestWatcherReportsNothingOnce(t *testing.T) {
	for name, list := range map[string][]Watchpoint{"absent": {point(t.TempDir(), "x")}, "empty": nil} {
		t.Run(name, func(t *testing.T) {
			w := watch(t, list)
			if first := w.first(); len(first) != 0 {
				t.Errorf("the first report is %v, want an empty one", first)
			}
		})
	}
}

func TestWatcherSeesNestedBaseMadeInOneBurst(t *testing.T) {
	top := t.TempDir()
	var list []Watchpoint
	for i := range 300 {
		root := filepath.Join(top, fmt.Sprintf("r%d", i))
		must(t, os.Mkdir(root, 0o777))
		list = append(list, point(filepath.Join(root, "a", "b", "c"), fmt.Sprintf("k%d", i)))
	}
	w := watch(t, list, withoutBackstop)
	for _, p := range list {
		must(t, os.MkdirAll(dirOf(p.Base, p.name()), 0o777))
		w.expect(p.Key, true)
		must(t, os.RemoveAll(filepath.Dir(filepath.Dir(p.Base))))
		w.expect(p.Key, false)
	}
}

func TestWatcherFollowsBaseThatIsReplaced(t *testing.T) {
	tests := []struct {
		name string
		// told says that an event tells of it.
		told    bool
		replace func(t *testing.T, base string)
	}{
		{"removed", true, func(t *testing.T, base string) {
			must(t, os.RemoveAll(base))
		}},
		{"renamed", true, func(t *testing.T, base string) {
			must(t, os.Rename(base, base+".old"))
		}},
		{"parent renamed", false, func(t *testing.T, base string) {
			must(t, os.Rename(filepath.Dir(base), filepath.Dir(base)+".old"))
		}},
		{"removed around the directory of a process", false, func(t *testing.T, base string) {
			inhabit(t, base)
			must(t, os.RemoveAll(base))
		}},
		{"made a file", true, func(t *testing.T, base string) {
			must(t, os.RemoveAll(base))
			must(t, os.WriteFile(base, nil, 0o666))
			t.Cleanup(func() { os.Remove(base) })
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := filepath.Join(t.TempDir(), "parent", "base")
			must(t, os.MkdirAll(dirOf(base, "x"), 0o777))
			prepare := withoutBackstop
			if !tt.told {
				prepare = func(*Watcher) {}
			}
			w := watch(t, []Watchpoint{point(base, "x"), point(base, "y")}, prepare)
			w.expect(StringKey("x"), true)
			for range 3 {
				tt.replace(t, base)
				w.expect(StringKey("x"), false)
				os.Remove(base)
				must(t, os.MkdirAll(dirOf(base, "y"), 0o777))
				w.expect(StringKey("y"), true)
				must(t, os.Mkdir(dirOf(base, "x"), 0o777))
				w.expect(StringKey("x"), true)
				must(t, os.RemoveAll(base+".old"))
				must(t, os.RemoveAll(filepath.Dir(base)+".old"))
				must(t, os.Remove(dirOf(base, "y")))
				w.expect(StringKey("y"), false)
			}
		})
	}
}

// inhabit starts a process whose working directory is dir; it ends with the test.
func inhabit(t *testing.T, dir string) {
	t.Helper()
	cmd := exec.Command("cat")
	cmd.Dir = dir
	stdin, err := cmd.StdinPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		stdin.Close()
		cmd.Wait()
	})
}

func TestWatcherFollowsSymlinkThatIsRetargeted(t *testing.T) {
	top := t.TempDir()
	link, one, two := filepath.Join(top, "link"), filepath.Join(top, "one"), filepath.Join(top, "two")
	must(t, os.MkdirAll(dirOf(one, "x"), 0o777))
	must(t, os.MkdirAll(dirOf(two, "y"), 0o777))
	must(t, os.Symlink(one, link))
	w := watch(t, []Watchpoint{point(link, "x"), point(link, "y")})
	w.expect(StringKey("x"), true)
	must(t, os.Symlink(two, link+".new"))
	must(t, os.Rename(link+".new", link))
	w.expect(StringKey("y"), true)
	w.expect(StringKey("x"), false)
}

func TestWatcherKnowsOneBaseBySeveralSpellings(t *testing.T) {
	top := t.TempDir()
	dir, other := filepath.Join(top, "dir"), filepath.Join(top, "other")
	link, link2 := filepath.Join(top, "link"), filepath.Join(top, "link2")
	must(t, os.MkdirAll(dir, 0o777))
	must(t, os.MkdirAll(other, 0o777))
	must(t, os.Symlink(dir, link))
	must(t, os.Symlink("dir", link2))
	w := watch(t, []Watchpoint{
		point(link, "a"), point(dir, "b"), point(top+"//x/.././dir/", "c"), point(link2, "d"),
		{Key: StringKey("again"), Base: link, Name: "b"},
	}, withoutBackstop)
	spellings := func(where map[string]string) {
		t.Helper()
		for key, base := range where {
			must(t, os.Mkdir(dirOf(base, key), 0o777))
			w.expect(StringKey(key), true)
			must(t, os.Remove(dirOf(base, key)))
			w.expect(StringKey(key), false)
		}
		w.expect(StringKey("again"), false)
	}
	spellings(map[string]string{"a": dir, "b": link, "c": link, "d": dir})

	// Each spelling may be the one that fsnotify gave its watch the name of; when
	// that leads elsewhere the others must not lose their events.
	for _, l := range []string{link, link2} {
		must(t, os.Remove(l))
		must(t, os.Symlink(other, l))
		must(t, os.Mkdir(dirOf(other, "a"), 0o777))
		must(t, os.Mkdir(dirOf(other, "d"), 0o777))
		w.base(l).mail.dirty()
		w.expect(StringKey(map[string]string{link: "a", link2: "d"}[l]), true)
		must(t, os.Remove(dirOf(other, "a")))
		must(t, os.Remove(dirOf(other, "d")))
		w.expect(StringKey("a"), false)
		w.expect(StringKey("d"), false)
		spellings(map[string]string{"b": dir, "c": dir})
	}
	spellings(map[string]string{"a": other, "b": dir, "c": dir, "d": other})
}

func TestWatcherFollowsSharedPathThatLeadsElsewhere(t *testing.T) {
	top := t.TempDir()
	one, two, link := filepath.Join(top, "one"), filepath.Join(top, "two"), filepath.Join(top, "link")
	must(t, os.Mkdir(one, 0o777))
	must(t, os.MkdirAll(dirOf(two, "in two"), 0o777))
	must(t, os.Symlink(one, link))
	p, q, r := filepath.Join(link, "p"), filepath.Join(link, "q"), filepath.Join(one, "r")
	w := watch(t, []Watchpoint{point(link, "in two"), point(p, "p"), point(q, "q"), point(r, "r")}, withoutBackstop)
	for _, dir := range []string{two, one, two} {
		must(t, os.Remove(link))
		must(t, os.Symlink(dir, link))
		// Only one of the bases is told; the others must learn from it.
		w.base(link).mail.dirty()
		w.expect(StringKey("in two"), dir == two)
		for _, base := range []string{p, q, r} {
			key := StringKey(filepath.Base(base))
			must(t, os.MkdirAll(dirOf(base, key.String()), 0o777))
			w.expect(key, true)
			must(t, os.RemoveAll(base))
			w.expect(key, false)
		}
	}
}

func TestWatcherNamesWhatIsNoDirectory(t *testing.T) {
	base := t.TempDir()
	must(t, os.WriteFile(dirOf(base, "before"), nil, 0o666))
	w := watch(t, []Watchpoint{point(base, "before"), point(base, "after")})
	must(t, os.Symlink(base, dirOf(base, "after")))
	w.until("two warnings", func() bool { return len(w.warnings) == 2 })
	want := []string{
		fmt.Sprintf(`cannot take %q for watchpoint "before": it is a regular file, not a directory; move it elsewhere`, dirOf(base, "before")),
		fmt.Sprintf(`cannot take %q for watchpoint "after": it is a symbolic link, not a directory; move it elsewhere`, dirOf(base, "after")),
	}
	must(t, os.Rename(dirOf(base, "after"), dirOf(base, "elsewhere")))
	must(t, os.Rename(dirOf(base, "elsewhere"), dirOf(base, "after")))
	must(t, os.Remove(dirOf(base, "before")))
	must(t, os.Mkdir(dirOf(base, "before"), 0o777))
	w.expect(StringKey("before"), true)
	if told := w.told(); !slices.Equal(told, want) {
		t.Errorf("warned %q, want %q", told, want)
	}
	w.expect(StringKey("after"), false)
}

// poke has every base listed soon, as an event anywhere in it does.
func (w *Watcher) poke() {
	for _, b := range w.bases {
		b.mail.dirty()
	}
}

func TestWatcherListsAgainWhenPoked(t *testing.T) {
	base := t.TempDir()
	w := watch(t, []Watchpoint{point(base, "x")}, withoutBackstop, refusing)
	must(t, os.Mkdir(dirOf(base, "x"), 0o777))
	w.watcher.poke()
	w.expect(StringKey("x"), true)
}

func TestWatcherSeesManyBasesBelowOneDirectory(t *testing.T) {
	top := t.TempDir()
	var list []Watchpoint
	for i := range 200 {
		list = append(list, point(filepath.Join(top, fmt.Sprintf("b%d", i), "deep"), fmt.Sprintf("k%d", i)))
	}
	w := watch(t, list, withoutBackstop)
	for _, p := range list {
		must(t, os.MkdirAll(dirOf(p.Base, p.name()), 0o777))
	}
	w.until("all watchpoints", func() bool { return len(w.present) == len(list) })
	must(t, os.RemoveAll(top))
	w.until("none", func() bool {
		for _, present := range w.present {
			if present {
				return false
			}
		}
		return true
	})
}
