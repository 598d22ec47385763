package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestExplainStart(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string, mode os.FileMode) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	file("script", "#!/bin/sh\n", 0o755)
	file("spaced", "#! /bin/sh -e\n", 0o755)
	file("env-script", "#!/usr/bin/env sh\n", 0o755)
	file("env-crlf", "#!/usr/bin/env sh\r\n", 0o755)
	file("relative", "#!script\n", 0o755)
	file("nothing", "#!\n", 0o755)
	file("bin/tool", "#!/bin/sh\n", 0o755)
	file("bin/plain", "#!/bin/sh\n", 0o644)
	file("later/plain", "#!/bin/sh\n", 0o755)
	file("folder/tool/x", "", 0o644)
	file("unsearched", "#!"+dir+"/bin/plain\n", 0o755)
	file("to-folder", "#!"+dir+"/bin\n", 0o755)
	for _, c := range []struct{ argv0, dir, path, want string }{
		{"/bin/sh", dir, "", ""},
		{"./script", dir, "", ""},
		{"./spaced", dir, "", ""},
		{"./env-script", dir, "/usr/bin:/bin", ""},
		{"./relative", dir, "", ""},
		{"sh", dir, "/nowhere:/bin", ""},
		{"tool", dir, "bin", ""},
		{"script", dir, ":/bin", ""},
		{"script", dir, "", `"script" is not in PATH`},
		{"tool", dir, "folder:bin", ""},
		{"plain", dir, "bin:later", ""},
		{"tool", dir, "folder", `"tool" is not in PATH`},
		{"plain", dir, "bin", `"$DIR/bin/plain" is not executable; chmod +x it`},
		{"$DIR/none", dir, "", `"$DIR/none" does not exist`},
		{"./none", dir, "", `"./none" does not exist in "$DIR"`},
		{"./script/x", dir, "", `"./script/x" cannot be reached: not a directory`},
		{"./bin", dir, "", `"./bin" is a directory`},
		{"./nothing", dir, "", `"./nothing" names no interpreter behind its #!`},
		{"./env-crlf", dir, "/bin", `the first line of "./env-crlf" ends in a carriage return, so that "sh\r" is looked for; save it with LF line ends`},
		{"./env-script", dir, "bin", `the interpreter of "./env-script" cannot be started: "sh" is not in PATH`},
		{"./unsearched", dir, "", `the interpreter "$DIR/bin/plain" of "./unsearched" is not executable`},
		{"./to-folder", dir, "", `the interpreter "$DIR/bin" of "./to-folder" is a directory`},
		{"/dev/null", dir, "", `"/dev/null" is not a regular file`},
		{"sh", "$DIR/none", "/bin", `the directory "$DIR/none" does not exist`},
		{"sh", "$DIR/script", "/bin", `"$DIR/script" is a file, not a directory`},
		{"sh", "$DIR/script/x", "/bin", `the directory "$DIR/script/x" cannot be entered: not a directory`},
	} {
		at := func(s string) string { return strings.ReplaceAll(s, "$DIR", dir) }
		got := ExplainStart(at(c.argv0), at(c.dir), []string{"PATH=wrong", "PATH=" + c.path})
		if got != at(c.want) {
			t.Errorf("%s with PATH %q in %s:\n got %s\nwant %s", c.argv0, c.path, c.dir, got, at(c.want))
		}
	}
}

func TestExplainStartWithoutPath(t *testing.T) {
	got := ExplainStart("sh", t.TempDir(), []string{"HOME=/"})
	if want := `"sh" cannot be looked up, since the environment has no PATH`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestExplainStartOfForbiddenDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may enter every directory")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ExplainStart("/bin/sh", dir, nil); !strings.HasSuffix(got, "cannot be entered: permission denied") {
		t.Errorf("got %s", got)
	}
}

func TestExplainStartOfForeignBinary(t *testing.T) {
	binary, err := os.ReadFile("/bin/true")
	if err != nil || !bytes.Contains(binary, []byte("/lib64/ld-linux")) {
		t.Skip("there is no /bin/true with a known loader")
	}
	file := filepath.Join(t.TempDir(), "true")
	binary = bytes.Replace(binary, []byte("/lib64/ld-linux"), []byte("/none1/ld-linux"), 1)
	if err := os.WriteFile(file, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := ExplainStart(file, "/", nil); !strings.HasPrefix(got, `the loader "/none1/ld-linux`) {
		t.Errorf("got %s", got)
	}
}
