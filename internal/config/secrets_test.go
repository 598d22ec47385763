package config

import (
	"os"
	"strings"
	"testing"
)

// secretFile has "hunter2" and 99887766 as values of variables only.
const secretFile = `env_file = "secret.env"

[env]
TOKEN = "hunter2"
PIN = '99887766'

[task.a]
command = ["true"]
env = { A = "hunter2", B = """hunter2
hunter2""" }

[service.b]
command = ["true"]

[service.b.env]
C = '''
hunter2'''
D = "99887766"
`

const secretEnv = "A=hunter2\nexport B='hunter2'\nC=\"hunter2\" # hunter2\n"

// TestNoErrorTellsAValue damages a correct file in every place and way.
func TestNoErrorTellsAValue(t *testing.T) {
	write(t, "")
	for _, damage := range []string{"", "\"", "=", "\n"} {
		for i := range secretFile {
			expectNoSecret(t, secretFile[:i]+damage+secretFile[i+1:], secretEnv)
		}
		for i := range secretEnv {
			expectNoSecret(t, secretFile, secretEnv[:i]+damage+secretEnv[i+1:])
		}
	}
}

func TestNoErrorTellsAValueOfWrongType(t *testing.T) {
	write(t, "")
	for _, value := range []string{"hunter2", "99887766", "99887766.5", "[\"hunter2\"]", "{ a = \"hunter2\" }", "99887766998877669988776699", "0998877660", "\"hunter2\\u0000\"", "hunter2\"", "99887766_"} {
		expectNoSecret(t, "[env]\nA = "+value+"\n"+oneTask, "")
		expectNoSecret(t, "[env]\ncommand = "+value+"\n"+oneTask, "")
		expectNoSecret(t, oneTask+"[task.a.env]\nA = \"\"\"\n[task.b] "+value, "")
		expectNoSecret(t, oneTask+"env = { A = "+value+" }\n", "")
		expectNoSecret(t, oneTask+"env.A = "+value+"\n", "")
		expectNoSecret(t, "task.a.env = { A = "+value+" }\n", "")
	}
}

func expectNoSecret(t *testing.T, text, env string) {
	t.Helper()
	for name, content := range map[string]string{FileName: text, "secret.env": env} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(FileName)
	said := ""
	if err != nil {
		said = err.Error()
	} else {
		said = strings.Join(c.Warnings, "\n")
	}
	if strings.Contains(said, "hunter2") || strings.Contains(said, "99887766") {
		t.Errorf("a value is in the error\n%s\nof\n%s\n%s", said, text, env)
	}
}

func TestSyntaxErrorsKeepTheirCaretElsewhere(t *testing.T) {
	write(t, strings.Replace(secretFile, `["true"]`, `["true"`+" \"x\"]", 1))
	_, err := Load(FileName)
	if err == nil || !strings.Contains(err.Error(), "^") {
		t.Errorf("no caret in %v", err)
	}
}
