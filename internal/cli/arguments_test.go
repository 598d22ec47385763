package cli

import (
	"strings"
	"testing"
)

// TestWrongValuesOfFlags has no words of Go's libraries in what it expects.
func TestWrongValuesOfFlags(t *testing.T) {
	p := newProject(t, sample)
	for _, c := range []struct{ flag, want string }{
		{"-jx", `cannot use "x" for --jobs: want a whole number such as "4"; see wprun run --help`},
		{"--jobs=1.5", `cannot use "1.5" for --jobs: want a whole number such as "4"; see wprun run --help`},
		{"--timeout=soon", `cannot use "soon" for --timeout: want a time such as "90s" or "10m"; see wprun run --help`},
		{"--fresh=maybe", `cannot use "maybe" for --fresh: want "true" or "false"; see wprun run --help`},
	} {
		p.expect(spoken{code: 2, err: "wprun: " + c.want + "\n"}, "run", c.flag)
	}
}

// TestUnknownProcess has each command say what it cannot do.
func TestUnknownProcess(t *testing.T) {
	p := newProject(t, sample)
	for _, c := range []struct {
		verb string
		args []string
	}{
		{"run", []string{"run", "-n", "nosuch"}},
		{"force", []string{"run", "-n", "--force=nosuch"}},
		{"exit with the code of", []string{"run", "-n", "--exit-code-from=nosuch"}},
		{"explain", []string{"explain", "nosuch"}},
		{"accept", []string{"accept", "nosuch"}},
		{"draw", []string{"graph", "nosuch"}},
	} {
		want := "wprun: cannot " + c.verb + ` "nosuch": $DIR/wprun.toml has no such process; "wprun graph" lists them` + "\n"
		p.expect(spoken{code: 2, err: want}, c.args...)
	}
}

// TestUnknownCommand has no command before it: what is near is said, and what
// else may have been meant.
func TestUnknownCommand(t *testing.T) {
	p := newProject(t, sample)
	for _, c := range []struct{ args, want string }{
		{"valdate", `cannot find a command "valdate": "wprun help" lists them; to run a target: wprun run valdate; did you mean "validate"?`},
		{"nosuch", `cannot find a command "nosuch": "wprun help" lists them; to run a target: wprun run nosuch`},
		{"help exit-code", `cannot help with "exit-code": did you mean "exit-codes"?`},
		{"help nosuch", `cannot help with "nosuch": "wprun help" lists the commands and topics`},
		{"clean nosuch", `cannot use "nosuch": wprun clean takes no arguments`},
		{"explain", `cannot explain nothing: wprun explain NAME; "wprun graph" lists the processes`},
		{"explain a b", `cannot explain 2 processes at once: wprun explain NAME`},
	} {
		p.expect(spoken{code: 2, err: "wprun: " + c.want + "\n"}, strings.Fields(c.args)...)
	}
}
