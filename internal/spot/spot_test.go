package spot

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLocate(t *testing.T) {
	root := t.TempDir()
	here := filepath.Join(root, "here")
	if err := os.Mkdir(here, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("here", filepath.Join(root, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(here, "file"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(here)
	if err != nil {
		t.Fatal(err)
	}
	id := IdentityOf(info)
	for path, want := range map[string]Spot{
		"here":         {Dir: "here", ID: id},
		"link":         {Dir: "link", ID: id},
		"here/a/b":     {Dir: "here", ID: id, Next: "a"},
		"link/a":       {Dir: "link", ID: id, Next: "a"},
		"here/file":    {Dir: "here", ID: id, Next: "file"},
		"here/file/no": {Dir: "here", ID: id, Next: "file"},
	} {
		want.Dir = filepath.Join(root, want.Dir)
		if got, err := Locate(filepath.Join(root, path)); got != want || err != nil {
			t.Errorf("%s: %v, %v, want %v", path, got, err, want)
		}
	}
}
