package files

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(patient{m}) }

// patient runs the tests and waits until no goroutine is left, or for 30 s: on a
// busy machine the kernel may take more than a second to close what hears events.
type patient struct{ m *testing.M }

func (p patient) Run() int {
	code := p.m.Run()
	for began := time.Now(); goleak.Find() != nil && time.Since(began) < 30*time.Second; {
	}
	return code
}

// ways are those of learning of a change.
var ways = map[string]option{"events": withoutBackstop, "scans": refusing}

func TestEveryKindOfChange(t *testing.T) {
	for way, how := range ways {
		t.Run(way, func(t *testing.T) {
			dir := t.TempDir()
			file, other := filepath.Join(dir, "src", "x.go"), filepath.Join(dir, "src", "y.go")
			deep, moved := filepath.Join(dir, "new", "deep", "er", "z.go"), filepath.Join(dir, "moved", "deep", "er", "z.go")
			write(t, file, "1")
			s, _ := start(t, []Set{
				{"a", []string{dir + "/**/*.go"}},
				{"gone", []string{file, dir + "/new/**"}},
				{"come", []string{other, dir + "/moved/**"}},
			}, how)
			must(t, os.WriteFile(file, []byte("22"), 0o666))
			s.expect("a", file)
			must(t, os.Chtimes(file, later(0), later(0)))
			s.expect("a", file)
			must(t, os.Chtimes(file, later(-1), later(-1))) // back in time
			s.expect("a", file)
			must(t, os.Remove(file))
			s.expect("a", file)
			write(t, file, "22")
			s.expect("gone", file)
			must(t, os.Rename(file, other))
			s.expect("gone", file)
			s.eventually("come " + other)
			write(t, deep, "1")
			s.expect("gone", deep)
			write(t, deep, "22")
			s.expect("gone", deep)
			must(t, os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "moved")))
			s.eventually("come " + moved)
			must(t, os.RemoveAll(filepath.Join(dir, "moved")))
			s.until(func() bool { return count(s.ever, "come "+moved) == 2 })
		})
	}
}

func count(calls []string, call string) int {
	n := 0
	for _, c := range calls {
		if c == call {
			n++
		}
	}
	return n
}

func TestRootsComeAndGo(t *testing.T) {
	for way, how := range ways {
		t.Run(way, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "one", "two", "three")
			file := filepath.Join(dir, "x")
			s, _ := start(t, one(dir+"/*"), how)
			for range 3 {
				write(t, file, "1")
				s.expect("a", file)
				must(t, os.RemoveAll(filepath.Join(top, "one")))
				s.expect("a", file)
			}
			write(t, file, "1")
			s.expect("a", file)
			must(t, os.Rename(dir, dir+"-away"))
			s.expect("a", file)
			write(t, file, "22")
			s.expect("a", file)
		})
	}
}

func TestOnlyWhoWantsItIsTold(t *testing.T) {
	dir := t.TempDir()
	sets := []Set{
		{"go", []string{dir + "/**/*.go"}},
		{"c", []string{dir + "/*.c", dir + "/lib/**"}},
		{"both", []string{dir + "/**"}},
	}
	s, _ := start(t, sets)
	for _, ignored := range []string{".git/x.go", ".wprun/x.c", ".hidden.go", "sub/.hidden/x.go"} {
		write(t, filepath.Join(dir, ignored), "1")
	}
	for _, c := range []struct{ path, names string }{
		{"sub/x.go", "go both"}, {"x.c", "c both"}, {"lib/x.go", "go c both"}, {"text", "both"},
	} {
		path := filepath.Join(dir, c.path)
		write(t, path, "1")
		s.expect("both", path)
		for name := range strings.FieldsSeq(c.names) {
			s.eventually(name + " " + path)
		}
	}
	for _, call := range s.all() {
		for _, never := range []string{"/.git/", "/.wprun/", "/.hidden", "go " + filepath.Join(dir, "x.c"), "c " + filepath.Join(dir, "sub"), "go " + filepath.Join(dir, "text")} {
			if strings.Contains(call, never) {
				t.Errorf("told %q", call)
			}
		}
	}
}

func TestCircleOfLinks(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "sub", "x"), "1")
	must(t, os.Symlink("..", filepath.Join(dir, "sub", "up")))
	must(t, os.Symlink("self", filepath.Join(dir, "self")))
	s, w := start(t, one(dir+"/**", dir+"/*/*/*/x", dir+"/self/**"))
	write(t, filepath.Join(dir, "sub", "y"), "1")
	s.expect("a", filepath.Join(dir, "sub", "y"))
	if len(w.ears.ids) > 8 {
		t.Errorf("%d directories are watched", len(w.ears.ids))
	}
}

func TestLinksAreFollowedToFiles(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, version := range []string{"v1", "v2"} {
		write(t, filepath.Join(elsewhere, version, "conf"), version)
	}
	// As Kubernetes mounts a ConfigMap.
	data, conf := filepath.Join(dir, "..data"), filepath.Join(dir, "conf")
	must(t, os.Symlink(filepath.Join(elsewhere, "v1"), data))
	must(t, os.Symlink(filepath.Join("..data", "conf"), conf))
	s, _ := start(t, one(dir+"/conf"))
	must(t, os.Symlink(filepath.Join(elsewhere, "v2"), data+"-new"))
	must(t, os.Rename(data+"-new", data))
	s.expect("a", conf)
	write(t, filepath.Join(elsewhere, "v2", "conf"), "another")
	s.expect("a", conf)
}

func TestTwoPathsOfOneDirectory(t *testing.T) {
	top := t.TempDir()
	dir, link := filepath.Join(top, "dir"), filepath.Join(top, "link")
	must(t, os.Mkdir(dir, 0o777))
	must(t, os.Symlink("dir", link))
	s, _ := start(t, []Set{{"a", []string{dir + "/*"}}, {"b", []string{link + "/*"}}}, withoutBackstop)
	for _, text := range []string{"1", "22", "333"} {
		write(t, filepath.Join(dir, "x"), text)
		s.expect("a", filepath.Join(dir, "x"))
		s.eventually("b " + filepath.Join(link, "x"))
	}
	must(t, os.Remove(link))
	s.eventually("b " + filepath.Join(link, "x"))
	write(t, filepath.Join(dir, "y"), "1")
	s.expect("a", filepath.Join(dir, "y"))
}

func TestWhatIsNoFileIsNoNews(t *testing.T) {
	dir := t.TempDir()
	s, _ := start(t, one(dir+"/**"))
	must(t, os.Mkdir(filepath.Join(dir, "empty"), 0o777))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "dangling")))
	must(t, mkfifo(filepath.Join(dir, "pipe")))
	write(t, filepath.Join(dir, "x"), "1")
	s.expect("a", filepath.Join(dir, "x"))
	for _, call := range s.all() {
		if call != "a "+filepath.Join(dir, "x") {
			t.Errorf("told %q", call)
		}
	}
}

func TestBadGlob(t *testing.T) {
	err := Watch(t.Context(), one("/a/["), nil, nil, nil)
	if err == nil || !strings.Contains(err.Error(), `cannot watch "/a/[" for "a"`) {
		t.Errorf("error %v", err)
	}
}
