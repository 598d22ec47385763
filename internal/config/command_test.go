package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainWordsSkipTheShell(t *testing.T) {
	for line, want := range map[string][]string{
		"make all":            {"make", "all"},
		"  go\ttest  ./... ":  {"go", "test", "./..."},
		"dd if=/dev/zero":     {"dd", "if=/dev/zero"},
		"./prog -x 50% a@b:c": {"./prog", "-x", "50%", "a@b:c"},
		"café ü":              {"café", "ü"},
	} {
		if diff := cmp.Diff(want, shellArgv(line, nil)); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
		if diff := cmp.Diff([]string{"bash", "-c", line}, shellArgv(line, []string{"bash", "-c"})); diff != "" {
			t.Errorf("%q with a shell of its own: %s", line, diff)
		}
	}
}

func TestShellSyntaxNeedsTheShell(t *testing.T) {
	for _, line := range []string{
		"a; b", "a & b", "a | b", "a && b", "a > b", "a < b", "(a)", "{ a; }", "a $B", "a `b`", `a "b"`, "a 'b'", `a\ b`,
		"ls *.go", "ls a?", "ls [ab]", "ls ~/x", "# comment", "! a", "a\nb", "A=1 b", "a^b",
		"cd x", "exec a", "exit 3", ": x", ". x", "echo hi", "test -e x", "if x", "ulimit -n", "source x",
	} {
		if diff := cmp.Diff([]string{"sh", "-c", line}, shellArgv(line, nil)); diff != "" {
			t.Errorf("%q: %s", line, diff)
		}
	}
}

func TestPathVariable(t *testing.T) {
	for key, want := range map[string]string{
		"booted": "WPRUN_PATH_BOOTED",
		"WP-A.x": "WPRUN_PATH_WP_A_X",
		"42":     "WPRUN_PATH_42",
		"ä b":    "WPRUN_PATH___B",
	} {
		if got := pathVariable(key); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}
