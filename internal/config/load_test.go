package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const oneTask = "[task.a]\ncommand = [\"true\"]\n"

// write makes a wprun.toml in a new directory and goes there.
func write(t testing.TB, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(FileName, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLoadTakesOddText(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": "\ufeff" + oneTask,
		"CRLF":            strings.ReplaceAll(oneTask, "\n", "\r\n"),
		"no last newline": strings.TrimSpace(oneTask),
		"dotted keys":     `task.a.command = ["true"]`,
		"inline tables":   `task = { a = { command = ["true"] } }`,
		"quoted names":    `["task".'a']` + "\n" + `"command" = ["true"]`,
		"inline list":     "watchpoint = [{ key = \"a\", name = \"b\" }]\n" + oneTask,
	} {
		t.Run(name, func(t *testing.T) {
			write(t, text)
			c, err := Load(FileName)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Processes) != 1 || c.Processes[0].Name != "a" || c.Processes[0].Argv[0] != "true" {
				t.Errorf("processes %+v", c.Processes)
			}
		})
	}
}

func TestLoadRefusesText(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "wprun.toml: cannot find a process in the file: add a [task.NAME] or a [service.NAME]"},
		{"byte order mark only", "\ufeff", "wprun.toml: cannot find a process in the file: add a [task.NAME] or a [service.NAME]"},
		{"UTF-16", "\xff\xfe[\x00", "wprun.toml: cannot read the file: it is UTF-16; save it as UTF-8"},
		{"NUL", oneTask + "dir = \"\x00\"", "wprun.toml:3: cannot read column 8: TOML files cannot contain control characters: '0x00'\n      3 | dir = \"?\"\n                 ^"},
		{"NUL first", "\x00", "wprun.toml:1: cannot read column 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8"},
		{"not UTF-8", "jobs = 1\nbase = \"\xe4\"\n", "wprun.toml:2: cannot read column 9: invalid UTF-8 byte: 0xe4\n      2 | base = \"\ufffd\"\n                  ^"},
		{"CR alone", "jobs = 1\rbase = 2\n", "wprun.toml:1: cannot read column 9: TOML files cannot contain control characters: '0x0d'\n      1 | jobs = 1?base = 2\n                  ^"},
		{"end in an escape", `base = "\`, "wprun.toml:1: cannot read column 9: invalid escape in string '\\\x00'\n      1 | base = \"\\\n                  ^"},
		{"end in a key", "jobs", "wprun.toml:1: cannot read column 4: unexpected EOF; expected key separator '='\n      1 | jobs\n             ^"},
		{"deep lists", "x = " + strings.Repeat("[", 100_000), "wprun.toml:1: cannot read the file: it nests deeper than 32 levels"},
		{"deep tables", "\nx = " + strings.Repeat("{a=", 100_000), "wprun.toml:2: cannot read the file: it nests deeper than 32 levels"},
		{"long dotted key", strings.Repeat("a.", 100_000) + "a = 1", "wprun.toml:1: cannot read the file: it nests deeper than 32 levels"},
		{"long header", "[" + strings.Repeat("a.", 100_000) + "a]", "wprun.toml:1: cannot read the file: it nests deeper than 32 levels"},
		{"array tables", "[[task]]\nname = \"a\"\n", "wprun.toml:1: cannot use key \"task\": want a table, got a list"},
		{"one watchpoint", oneTask + "[watchpoint]\nkey = \"a\"\n", "wprun.toml:3: cannot use key \"watchpoint\": want a list, got a table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			write(t, c.text)
			_, err := Load(FileName)
			if err == nil || err.Error() != c.want {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestLoadOfCRLFKeepsCommandsClean(t *testing.T) {
	write(t, "[task.a]\r\ncommand = \"\"\"\r\necho a\r\necho b\"\"\"\r\n")
	c, err := Load(FileName)
	if err != nil || c.Processes[0].Argv[2] != "echo a\necho b" {
		t.Errorf("got %+v, %v", c, err)
	}
}

func TestLoadTellsTypedErrors(t *testing.T) {
	write(t, "x = 1\ny = 2\n"+oneTask)
	_, err := Load(FileName)
	all, ok := errors.AsType[*Errors](err)
	if !ok || len(all.List) != 2 || all.List[1].Line != 2 || all.List[1].File != FileName {
		t.Errorf("got %#v", err)
	}
}

func TestLoadLimitsTheSize(t *testing.T) {
	write(t, "")
	if err := os.Truncate(FileName, maxSize+1); err != nil {
		t.Fatal(err)
	}
	_, err := Load(FileName)
	if want := "wprun.toml: cannot read the file: it is larger than 64 MiB"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLoadWithoutFile(t *testing.T) {
	t.Chdir(t.TempDir())
	for file, want := range map[string]string{
		"none.toml": "none.toml: cannot read the file: no such file or directory",
		".":         ".: cannot read the file: is a directory",
	} {
		if _, err := Load(file); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestLoadIsAbsoluteFromAnywhere(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("sub/work", 0o755); err != nil {
		t.Fatal(err)
	}
	text := "base = \"b\"\n[task.a]\ncommand = [\"true\"]\ndir = \"work\"\n"
	if err := os.WriteFile("sub/wprun.toml", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := Load("sub/wprun.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{c.File, c.Dir, c.Base, c.Processes[0].Dir, c.Watchpoints[0].Base} {
		if !filepath.IsAbs(path) || !strings.Contains(path, "/sub") {
			t.Errorf("%q is not absolute or not below sub", path)
		}
	}
}

func TestOnePathThroughASymlink(t *testing.T) {
	write(t, `[task.a]
command = ["true"]
signals = ["x", "y"]
[[watchpoint]]
key = "x"
base = "real/sub"
name = "same"
[[watchpoint]]
key = "y"
base = "link/sub"
name = "same"
`)
	if err := errors.Join(os.Mkdir("real", 0o755), os.Symlink("real", "link")); err != nil {
		t.Fatal(err)
	}
	_, err := Load(FileName)
	if want := `wprun.toml:9: cannot use key "y": "x" has the same path`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(below, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(below); err == nil || !strings.HasPrefix(err.Error(), "cannot find wprun.toml in ") {
		t.Errorf("without a file: %v", err)
	}
	for _, at := range []string{dir, below} {
		want := filepath.Join(at, FileName)
		if err := os.WriteFile(want, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := Find(below); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
}

// TestEveryDocumentedKeyIsKnown has the keys as the manual lists them.
func TestEveryDocumentedKeyIsKnown(t *testing.T) {
	both := "command dir env env_file description waits_on signals wait_timeout stop success_exit_codes tty log"
	for _, c := range []struct {
		table  string
		fields []field
		keys   string
	}{
		{"top level", topFields, "env_file jobs base env watchpoint service task default shell on_failure timeout stop_timeout keep_runs durable defaults pools include executor"},
		{"watchpoint", watchpointFields, "key base name external timeout"},
		{"signals", signalFields, "key when"},
		{"stop", stopFields, "signal timeout command"},
		{"ready", readyFields, "tcp http status exec log notify path interval timeout watchdog"},
		{"alive", aliveFields, "tcp http status exec path interval timeout failures"},
		{"log", logFields, "file max_size keep timestamps"},
		{"task", taskFields, both + " timeout retries retry_delay allow_failure inputs outputs skip_if rerun_on atomic_outputs pool weight matrix executor"},
		{"service", serviceFields, both + " ready alive restart max_restarts watch cascade executor"},
	} {
		for key := range strings.FieldsSeq(c.keys) {
			if _, ok := find(c.fields, key); !ok {
				t.Errorf("%s: %q is not known", c.table, key)
			}
		}
		if got, want := len(c.fields), len(strings.Fields(c.keys)); got != want {
			t.Errorf("%s: %d keys are known, %d documented", c.table, got, want)
		}
	}
}

// manyTasks is a file of n tasks, each of which waits on as many that come before, the
// nearest first.
func manyTasks(n, waits int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "[task.t%d]\ncommand = [\"/bin/true\"]\nwaits_on = [", i)
		for w := range min(waits, i) {
			fmt.Fprintf(&b, "\"t%d\", ", i-1-w)
		}
		b.WriteString("]\n")
	}
	return b.String()
}

func TestManyTasksInOrder(t *testing.T) {
	write(t, manyTasks(500, 1))
	c, err := Load(FileName)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range c.Processes {
		if p.Name != fmt.Sprintf("t%d", i) {
			t.Fatalf("process %d is %q", i, p.Name)
		}
	}
}

// TestManyInstances has all instances of a large matrix, one by one and as what
// another task waits on.
func TestManyInstances(t *testing.T) {
	write(t, manyInstances(40))
	c, err := Load(FileName)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Named("test"); len(got) != 1600 || got[1] != "test[a=0,b=1]" {
		t.Errorf("test stands for %d processes", len(got))
	}
	if got := c.Named("test[b=1]"); len(got) != 40 || got[2] != "test[a=2,b=1]" {
		t.Errorf("test[b=1] stands for %q", got)
	}
	for _, name := range []string{"tes", "test[", "test[]", "test[a]", "test[a=40]", "test[a=0,b=1", "test[a=1,a=2]"} {
		if got := c.Named(name); got != nil {
			t.Errorf("%s stands for %q", name, got)
		}
	}
	i, _ := c.Graph.Process("after")
	if got := len(c.Graph.Gate(i)); got != 1600 {
		t.Errorf("the gate has %d elements", got)
	}
	if p := c.Processes[i]; len(p.Paths()) != 1 {
		t.Errorf("it gets the paths %v", p.Paths())
	}
}

// manyInstances is a file with a matrix of n times n.
func manyInstances(n int) string {
	list := strings.TrimSuffix(strings.Repeat("%d,", n), ",")
	var numbers []any
	for i := range n {
		numbers = append(numbers, i)
	}
	list = fmt.Sprintf(list, numbers...)
	return `[task.test]
command = "./run.sh $WPRUN_MATRIX_A"
inputs = ["src/$WPRUN_MATRIX_A/*.c", "run.sh"]
outputs = "out/$WPRUN_MATRIX_A-$WPRUN_MATRIX_B"
matrix = { a = [` + list + `], b = [` + list + `] }
[task.after]
command = ["true"]
waits_on = ["test"]
`
}
