package probe

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPathIsReadyWhenItExists(t *testing.T) {
	dir := t.TempDir()
	dangling := filepath.Join(dir, "dangling")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, want string }{
		{dir, ""},
		{filepath.Join(dir, "file"), ""},
		{dangling, "dangling: no such file or directory ("},
		{filepath.Join(dir, "none"), "none: no such file or directory ("},
		{filepath.Join(dir, "file", "below"), "below: not a directory ("},
	}
	for _, tt := range tests {
		err := Spec{Kind: Path, Path: tt.path, Timeout: short}.wait(t.Context(), Target{})
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: error %v, want %q", tt.path, err, tt.want)
		}
	}
}
