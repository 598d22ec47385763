package cli

import (
	"strings"
	"testing"
)

func TestCompletion(t *testing.T) {
	p := newProject(t, sample)
	const keys = "db\ndb.failed\nbuild\nbuild.failed\nreport\nreport.failed\n42\n42.failed\ndata\ndata.failed\nbooted\nbooted.failed\n:4\n"
	const names = "db\tservice\nbuild\tmake the program\nreport\ttask\n:4\n"
	for line, want := range map[string]string{
		"run ":                    names,
		"run -f wprun.toml ":      names,
		"run db ":                 "build\tmake the program\nreport\ttask\n:4\n",
		"graph ":                  names,
		"run --exit-code-from ":   names,
		"run --output ":           "stream\ngrouped\nquiet\njson\n:4\n",
		"graph --format ":         "text\ndot\nmermaid\njson\n:4\n",
		"signal ":                 keys,
		"wait --any ":             keys,
		"exists ":                 keys,
		"remove ":                 keys,
		"path db ":                strings.TrimPrefix(keys, "db\n"),
		"signal -f missing.toml ": ":4\n",
		"run -f missing.toml ":    ":4\n",
		"list ":                   ":4\n",
	} {
		if got := p.wprun(append([]string{"__complete"}, strings.Split(line, " ")...)...); got.out != want {
			t.Errorf("wprun %s: got %q, want %q", line, got.out, want)
		}
	}
}

func TestCompletionInsideRun(t *testing.T) {
	p := newProject(t, sample)
	p.env["WPRUN_RUN_DIR"] = p.newRun("wprun.toml").Path
	t.Chdir(t.TempDir())
	if got := p.wprun("__complete", "signal", ""); !strings.HasPrefix(got.out, "db\ndb.failed\n") {
		t.Errorf("got %q", got.out)
	}
}

func TestCompletionScripts(t *testing.T) {
	p := newProject(t, sample)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if got := p.wprun("completion", shell); got.code != 0 || got.err != "" || !strings.Contains(got.out, "wprun") {
			t.Errorf("%s: code %d, stderr %q", shell, got.code, got.err)
		}
	}
}

// Every command says what its exit codes mean if they are more than 0 and 2.
func TestHelp(t *testing.T) {
	p := newProject(t, sample)
	for name, codes := range map[string]bool{
		"validate": false, "graph": false, "path": false, "list": false,
		"signal": true, "wait": true, "exists": true, "remove": true,
	} {
		got := p.wprun("help", name)
		if strings.Contains(got.out, "EXIT STATUS") != codes || !strings.Contains(got.out, "Examples:\n  ") {
			t.Errorf("help of %s:\n%s", name, got.out)
		}
	}
}
