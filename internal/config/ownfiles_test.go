package config

import (
	"os"
	"strings"
	"testing"
)

// The file that is run may be a link: both its names are wprun's own.
func TestOutputsOverALinkedFile(t *testing.T) {
	write(t, "[task.a]\ncommand = [\"true\"]\noutputs = [\"link.toml\", \"wprun.*\"]\n")
	if err := os.Symlink(FileName, "link.toml"); err != nil {
		t.Fatal(err)
	}
	_, err := Load("link.toml")
	for _, output := range []string{`"link.toml" is`, `"wprun.*" stands for "wprun.toml",`} {
		if want := "link.toml:3: cannot use key \"outputs\" of task \"a\": " + output + " one of wprun's own files"; err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
