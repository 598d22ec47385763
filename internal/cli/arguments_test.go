package cli

import "testing"

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
