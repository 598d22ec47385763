package program

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixtures makes a directory with every kind of file that a command may name.
func fixtures(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for _, f := range []struct {
		name, text string
		mode       os.FileMode
	}{
		{"script", "#!/bin/sh\n", 0o755},
		{"spaced", "#! /bin/sh -e\n", 0o755},
		{"env-script", "#!/usr/bin/env sh\n", 0o755},
		{"env-crlf", "#!/usr/bin/env sh\r\n", 0o755},
		{"itself", "#!/usr/bin/env itself\n", 0o755},
		{"crlf", "#!/bin/sh\r\n", 0o755},
		{"relative", "#!script\n", 0o755},
		{"nothing", "#!\n", 0o755},
		{"text", "echo hello\n", 0o755},
		{"empty", "", 0o755},
		{"unknown", "\x7fELF\x02\x01\x01\x00", 0o755},
		{"bin/tool", "#!/bin/sh\n", 0o755},
		{"bin/plain", "#!/bin/sh\n", 0o644},
		{"more/plain", "#!/bin/sh\n", 0o644},
		{"later/plain", "#!/bin/sh\n", 0o755},
		{"nulls/null", "#!/bin/sh\n", 0o755},
		{"folder/tool/x", "", 0o644},
		{"unsearched", "#!" + dir + "/bin/plain\n", 0o755},
		{"to-folder", "#!" + dir + "/bin\n", 0o755},
		{"to-none", "#!/no/such -x\n", 0o755},
	} {
		file := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExplain(t *testing.T) {
	dir := fixtures(t)
	for _, c := range []struct{ name, path, want string }{
		{"/bin/sh", "", ""},
		{"./script", "", ""},
		{"./spaced", "", ""},
		{"./env-script", "/usr/bin:/bin", ""},
		{"./itself", ":/usr/bin:/bin", ""},
		{"./relative", "", ""},
		{"./unknown", "", ""},
		{"sh", "/nowhere:/bin", ""},
		{"tool", "bin", ""},
		{"script", ":/bin", ""},
		{"script", "", `"script" is not in PATH`},
		{"tool", "folder:bin", ""},
		{"plain", "bin:later", ""},
		{"tool", "folder", `"tool" is not in PATH`},
		{"plain", "bin", `"$DIR/bin/plain" is not executable; chmod +x it`},
		{"to-none", ".", `the interpreter "/no/such" of "to-none" does not exist`},
		{"$DIR/none", "", `"$DIR/none" does not exist`},
		{"./none", "", `"./none" does not exist in "$DIR"`},
		{"./script/x", "", `"./script/x" cannot be reached: not a directory`},
		{"./loop", "", `"./loop" cannot be reached: too many levels of symbolic links`},
		{"./bin", "", `"./bin" is a directory`},
		{"./bin/plain", "", `"./bin/plain" is not executable; chmod +x it`},
		{"./empty", "", `"./empty" is empty`},
		{"./text", "", `"./text" is neither a binary nor a script; a script begins with a line such as "#!/bin/sh"`},
		{"./nothing", "", `"./nothing" names no interpreter behind its #!`},
		{"./crlf", "", `the first line of "./crlf" ends in a carriage return, so that "/bin/sh\r" is looked for; save it with LF line ends`},
		{"./env-crlf", "/bin", `the first line of "./env-crlf" ends in a carriage return, so that "sh\r" is looked for; save it with LF line ends`},
		{"./env-script", "bin", `the interpreter of "./env-script" cannot be started: "sh" is not in PATH`},
		{"./unsearched", "", `the interpreter "$DIR/bin/plain" of "./unsearched" is not executable`},
		{"./to-folder", "", `the interpreter "$DIR/bin" of "./to-folder" is a directory`},
		{"./to-none", "", `the interpreter "/no/such" of "./to-none" does not exist`},
		{"/dev/null", "", `"/dev/null" is not a regular file`},
	} {
		at := func(s string) string { return strings.ReplaceAll(s, "$DIR", dir) }
		got := Explain(at(c.name), dir, []string{"PATH=wrong", "PATH=" + c.path})
		if got != at(c.want) {
			t.Errorf("%s with PATH %q:\n got %s\nwant %s", c.name, c.path, got, at(c.want))
		}
	}
}

func TestExplainFromTheCallersDirectory(t *testing.T) {
	t.Chdir(fixtures(t))
	for name, want := range map[string]string{
		"./script": "",
		"./none":   `"./none" does not exist`,
	} {
		if got := Explain(name, "", nil); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// TestExplainFollowsEnv has scripts in a row, of which the last needs a program
// that is not there.
func TestExplainFollowsEnv(t *testing.T) {
	dir := t.TempDir()
	for n := range envLimit + 1 {
		text := fmt.Sprintf("#!/usr/bin/env s%d\n", n)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("s%d", n+1)), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for n := 1; n <= envLimit+1; n++ {
		got := Explain(fmt.Sprintf("s%d", n), dir, []string{"PATH=."})
		if found := strings.HasSuffix(got, `cannot be started: "s0" is not in PATH`); found != (n <= envLimit) {
			t.Errorf("%d scripts: got %q", n, got)
		}
	}
}

func TestExplainWithoutPath(t *testing.T) {
	got := Explain("sh", t.TempDir(), []string{"HOME=/"})
	if want := `"sh" cannot be looked up, since the environment has no PATH`; got != want {
		t.Errorf("got %s", got)
	}
}

func TestExplainForeignBinary(t *testing.T) {
	binary, err := os.ReadFile("/bin/true")
	if err != nil || !bytes.Contains(binary, []byte("/lib64/ld-linux")) {
		t.Skip("there is no /bin/true with a known loader")
	}
	file := filepath.Join(t.TempDir(), "true")
	binary = bytes.Replace(binary, []byte("/lib64/ld-linux"), []byte("/none1/ld-linux"), 1)
	if err := os.WriteFile(file, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if got := Explain(file, "/", nil); !strings.HasPrefix(got, `the loader "/none1/ld-linux`) {
		t.Errorf("got %s", got)
	}
}

func TestExplainDir(t *testing.T) {
	dir := fixtures(t)
	for _, c := range []struct{ dir, want string }{
		{"", ""},
		{"$DIR", ""},
		{"$DIR/none", `the directory "$DIR/none" does not exist`},
		{"$DIR/script", `"$DIR/script" is a file, not a directory`},
		{"$DIR/script/x", `the directory "$DIR/script/x" cannot be entered: not a directory`},
	} {
		at := func(s string) string { return strings.ReplaceAll(s, "$DIR", dir) }
		if got := ExplainDir(at(c.dir)); got != at(c.want) {
			t.Errorf("%q:\n got %s\nwant %s", c.dir, got, at(c.want))
		}
	}
}

func TestExplainForbiddenDir(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may enter every directory")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := ExplainDir(dir); !strings.HasSuffix(got, "cannot be entered: permission denied") {
		t.Errorf("got %s", got)
	}
}
