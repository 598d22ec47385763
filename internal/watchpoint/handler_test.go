package watchpoint_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	. "wprun/internal/watchpoint"
)

var answer, text = IntKey(42), StringKey("42")

// must stops the test at an error of its own preparations.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// handled is a handler for the keys 42 and "42" and the directory of the second.
func handled(t *testing.T) (*Handler, string) {
	t.Helper()
	base := filepath.Join(t.TempDir(), "test", "subdir")
	h, err := NewHandler([]Watchpoint{
		{Key: answer, Base: base, Name: "IAmNamed"},
		{Key: text, Base: base},
	})
	must(t, err)
	return h, filepath.Join(base, "42.watch")
}

func exists(t *testing.T, h *Handler, key Key) bool {
	t.Helper()
	there, err := h.Exists(key)
	must(t, err)
	return there
}

// complains checks that err begins with "cannot" and contains all the parts.
func complains(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want one with %q", parts)
	}
	if !strings.HasPrefix(err.Error(), "cannot ") {
		t.Errorf("error %q does not begin with cannot", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not contain %q", err, part)
		}
	}
}

func TestHandlerLivesThroughSignalAndRemoval(t *testing.T) {
	h, dir := handled(t)
	if exists(t, h, text) {
		t.Error("it exists before it was made")
	}
	must(t, h.Remove(text))
	for range 2 {
		must(t, h.Create(text))
		if !exists(t, h, text) {
			t.Error("it does not exist after Create")
		}
	}
	if exists(t, h, answer) {
		t.Error("42 exists because \"42\" does")
	}
	for range 2 {
		must(t, h.Remove(text))
		if exists(t, h, text) {
			t.Error("it exists after Remove")
		}
	}
	if _, err := os.Stat(filepath.Dir(dir)); err != nil {
		t.Errorf("Remove touched the parent: %v", err)
	}
}

func TestHandlerPathsAndKeys(t *testing.T) {
	t.Chdir(t.TempDir())
	h, err := NewHandler([]Watchpoint{{Key: text, Base: "a/../run"}, {Key: answer, Base: ".", Name: "IAmNamed"}})
	must(t, err)
	here, err := os.Getwd()
	must(t, err)
	t.Chdir(t.TempDir())
	for key, want := range map[Key]string{text: "run/42.watch", answer: "IAmNamed.watch"} {
		if got, err := h.Path(key); err != nil || got != filepath.Join(here, want) {
			t.Errorf("Path(%v) = %q, %v; want %q in %q", key, got, err, want, here)
		}
	}
	if got := h.Keys(); !slices.Equal(got, []Key{text, answer}) {
		t.Errorf("Keys() = %v, want the order of the list", got)
	}
}

func TestHandlerCreatesFromManySides(t *testing.T) {
	h, _ := handled(t)
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			if err := h.Create(answer); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if !exists(t, h, answer) {
		t.Error("it does not exist")
	}
}

func TestHandlerAgainstWhatIsNoDirectory(t *testing.T) {
	tests := []struct {
		kind string
		make func(path string) error
	}{
		{"a regular file", func(path string) error { return os.WriteFile(path, nil, 0o666) }},
		{"a symbolic link", func(path string) error { return os.Symlink(filepath.Dir(path), path) }},
		{"a symbolic link", func(path string) error { return os.Symlink("nowhere", path) }},
		{"a named pipe", func(path string) error { return syscall.Mkfifo(path, 0o666) }},
	}
	for _, tt := range tests {
		t.Run(tt.kind, func(t *testing.T) {
			h, path := handled(t)
			must(t, os.MkdirAll(filepath.Dir(path), 0o777))
			must(t, tt.make(path))
			before, err := os.Lstat(path)
			must(t, err)
			there, err := h.Exists(text)
			if there {
				t.Error("it counts as a signal")
			}
			complains(t, err, `"42"`, tt.kind)
			complains(t, h.Create(text), `create watchpoint "42"`, path, tt.kind)
			complains(t, h.Remove(text), `remove watchpoint "42"`, path, tt.kind)
			if after, err := os.Lstat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it was touched: %v", err)
			}
		})
	}
}

func TestHandlerAgainstSocket(t *testing.T) {
	t.Chdir(t.TempDir())
	h, err := NewHandler([]Watchpoint{{Key: text, Base: "."}})
	must(t, err)
	l, err := net.Listen("unix", "42.watch")
	must(t, err)
	defer l.Close()
	complains(t, h.Remove(text), "a socket")
}

func TestHandlerKeepsWhatIsInside(t *testing.T) {
	h, dir := handled(t)
	must(t, h.Create(text))
	for _, name := range []string{"data.txt", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("precious"), 0o666))
	}
	complains(t, h.Remove(text), `"data.txt"`, "and 2 more", "not empty")
	if data, err := os.ReadFile(filepath.Join(dir, "data.txt")); err != nil || string(data) != "precious" {
		t.Errorf("the file inside holds %q, %v", data, err)
	}
	if !exists(t, h, text) {
		t.Error("a directory with something inside is no signal any more")
	}
}

func TestHandlerWithFileAmongParents(t *testing.T) {
	h, dir := handled(t)
	must(t, os.WriteFile(filepath.Dir(filepath.Dir(dir)), nil, 0o666))
	complains(t, h.Create(text), `create watchpoint "42"`, "not a directory")
	must(t, h.Remove(text))
	if exists(t, h, text) {
		t.Error("it exists below a file")
	}
}

func TestHandlerDoesNotKnowTheKey(t *testing.T) {
	list := []Watchpoint{{Key: answer, Base: "/b", Name: "a"}}
	for _, name := range []string{"migrate", "db", "api", "x1", "x2", "x3", "x4", "x5", "x6", "x7"} {
		list = append(list, Watchpoint{Key: StringKey(name), Base: "/b"})
	}
	tests := []struct {
		list []Watchpoint
		key  Key
		want string
	}{
		{list, StringKey("migrat"), `cannot find watchpoint "migrat": did you mean "migrate"?`},
		{list, StringKey("42"), `cannot find watchpoint "42": did you mean 42?`},
		{list, IntKey(43), `cannot find watchpoint 43: did you mean 42?`},
		{list[:4], StringKey("something"), `cannot find watchpoint "something": the keys are 42, "migrate", "db", "api"`},
		{list, StringKey("something"), `"x4" and 3 more`},
		{nil, StringKey("x"), `cannot find watchpoint "x": there are none`},
	}
	for _, tt := range tests {
		h, err := NewHandler(tt.list)
		must(t, err)
		_, pathErr := h.Path(tt.key)
		_, existsErr := h.Exists(tt.key)
		for _, err := range []error{pathErr, existsErr, h.Create(tt.key), h.Remove(tt.key)} {
			complains(t, err, tt.want)
		}
	}
}

func TestNewHandlerNamesAllProblems(t *testing.T) {
	_, err := NewHandler([]Watchpoint{
		{Key: StringKey("ok"), Base: "/b"},
		{Key: IntKey(7), Base: "/b"},
		{Key: StringKey("a/b"), Base: "/b"},
		{Key: StringKey("other"), Base: "/x/../b", Name: "ok"},
		{Key: StringKey("ok"), Base: "/c"},
		{Key: StringKey("homeless")},
		{Key: StringKey("any key at all"), Base: "/b", Name: "good"},
	})
	complains(t, err,
		"cannot make watchpoint 7: a number needs a name",
		`cannot make watchpoint "a/b": cannot use "a/b" as a name`,
		`cannot make watchpoint "other": its path "/b/ok.watch" is that of watchpoint "ok"`,
		`cannot make watchpoint "ok": the key is there twice`,
		`cannot make watchpoint "homeless": it has no base directory`)
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 5 {
		t.Errorf("%d problems, want 5:\n%v", lines, err)
	}
}

func TestHandlerMakesDirectoriesAsOthersDo(t *testing.T) {
	h, dir := handled(t)
	must(t, h.Create(text))
	info, err := os.Lstat(dir)
	must(t, err)
	if info.Mode()&(fs.ModeType|0o700) != fs.ModeDir|0o700 {
		t.Errorf("its mode is %v", info.Mode())
	}
}
