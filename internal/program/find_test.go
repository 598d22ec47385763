package program

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	dir := fixtures(t)
	for _, c := range []struct {
		name, dir, path, want string
		is                    error
	}{
		{"/no/such", dir, "", "/no/such", nil},
		{"no/such", dir, "", "no/such", nil},
		{"tool", dir, "bin", "bin/tool", nil},
		{"tool", dir, "$DIR/bin:bin", "$DIR/bin/tool", nil},
		{"script", dir, ".", "./script", nil},
		{"script", dir, ":bin", "./script", nil},
		{"script", dir, "bin:", "./script", nil},
		{"tool", "$DIR/later", "../bin", "../bin/tool", nil},
		{"tool", dir, "none:folder:bin", "bin/tool", nil},
		{"tool", dir, "script:bin", "bin/tool", nil},
		{"plain", dir, "bin:later", "later/plain", nil},
		{"null", dir, "/dev:nulls", "nulls/null", nil},
		{"plain", dir, "bin:folder:none", `"$DIR/bin/plain" is not executable; chmod +x it`, fs.ErrPermission},
		{"plain", dir, "bin:more", `"$DIR/bin/plain" is not executable; chmod +x it`, fs.ErrPermission},
		{"null", dir, "/dev", `"/dev/null" is not a regular file`, fs.ErrPermission},
		{"tool", dir, "folder", `"tool" is not in PATH`, fs.ErrNotExist},
		{"script", dir, "", `"script" is not in PATH`, fs.ErrNotExist},
		{"", dir, "bin", `the name of the program is empty`, fs.ErrNotExist},
	} {
		at := func(s string) string { return strings.ReplaceAll(s, "$DIR", dir) }
		got, err := Find(c.name, at(c.dir), []string{"PATH=" + dir, "PATH=" + at(c.path)})
		if err != nil {
			got += err.Error()
		}
		if got != at(c.want) || !errors.Is(err, c.is) {
			t.Errorf("%s with PATH %q in %s:\n got %s\nwant %s", c.name, c.path, c.dir, got, at(c.want))
		}
	}
}

func TestFindFromTheCallersDirectory(t *testing.T) {
	t.Chdir(fixtures(t))
	if got, err := Find("tool", "", []string{"PATH=none:bin"}); got != "bin/tool" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestFindWithoutPath(t *testing.T) {
	_, err := Find("sh", t.TempDir(), []string{"HOME=/", "MYPATH=/bin", "PATH"})
	want := `"sh" cannot be looked up, since the environment has no PATH`
	if err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
