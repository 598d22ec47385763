package cli

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	p := newProject(t, sample)
	p.expect(spoken{out: "$DIR/wprun.toml: 3 processes, 6 watchpoints\n"}, "validate")
	p.write("one.toml", "[task.a]\ncommand = [\"true\"]\n")
	p.expect(spoken{out: "one.toml: 1 process, 1 watchpoint\n"}, "validate", "-f", "one.toml")
	p.write("odd.toml", "[task.a]\ncommand = [\"true\"]\n[[watchpoint]]\nkey = \"b\"\n")
	p.expect(spoken{
		out: "odd.toml: 1 process, 2 watchpoints\n",
		err: `wprun: warning: odd.toml:4: watchpoint "b" is not used: nothing waits on it and nothing signals it` + "\n",
	}, "validate", "-f", "odd.toml")
	if p.isDir(".wprun") {
		t.Error("something was written")
	}
}

func TestValidateReportsAllProblems(t *testing.T) {
	p := newProject(t, "[task.a]\ncommand = [\"true\"]\nwaits_on = [\"b\"]\nspeed = 1\n")
	got := p.wprun("validate")
	if got.code != 2 || got.out != "" || strings.Count(got.err, "wprun.toml:") != 2 {
		t.Errorf("got %+v, want code 2 and two problems", got)
	}
	p.expect(spoken{code: 2, err: "gone.toml: cannot read the file: no such file or directory\n"}, "validate", "-f", "gone.toml")
}
