//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// tool is one that runs commands.
type tool struct {
	name    string
	program string // "" if it is not there
	args    []string
	// file and its line for each command: actor, program, folder.
	file, head, line, tail string
	self                   string
	supervised             bool // it has a process behind it, called wpguard
}

func tools(wprun, self string) []tool {
	list := []tool{
		{
			name: "wprun", program: wprun, args: []string{"run"}, supervised: true, file: "wprun.toml",
			line: "[task.%[1]s]\ncommand = [%[2]q, \"actor\", %[3]q, %[1]q, %[1]q]\nstop = { timeout = \"1s\" }\n",
		},
		{
			name: "make", args: []string{"-j8", "-f", "file"}, file: "file", head: "all: " + strings.Join(actors, " ") + "\n",
			line: "%[1]s:\n\t@%[2]s actor %[3]s %[1]s %[1]s\n",
		},
		{
			name: "ninja", args: []string{"-j8", "-f", "file"}, file: "file", head: "rule act\n  command = $it\n",
			line: "build %[1]s: act\n  it = %[2]s actor %[3]s %[1]s %[1]s\n",
		},
		{
			name: "parallel", args: []string{"-j8", "-a", "file"}, file: "file",
			line: "%[2]s actor %[3]s %[1]s %[1]s\n",
		},
		{
			name: "process-compose", args: []string{"up", "-t=false", "-p", "0", "-f", "file.yaml"}, file: "file.yaml",
			head: "processes:\n", line: "  %[1]s:\n    command: %[2]s actor %[3]s %[1]s %[1]s\n",
		},
	}
	for name, args := range map[string][]string{"overmind": {"start"}, "hivemind": nil, "goreman": {"start"}, "honcho": {"start"}} {
		list = append(list, tool{
			name: name, args: args, file: "Procfile", line: "%[1]s: %[2]s actor %[3]s %[1]s %[1]s\n",
		})
	}
	for i := range list {
		list[i].self = self
		if list[i].program == "" {
			list[i].program, _ = exec.LookPath(list[i].name) // "" if it is not there
		}
	}
	return list
}

// lay writes the tool's file.
func (t tool) lay(dir string) error {
	var b strings.Builder
	b.WriteString(t.head)
	for _, a := range actors {
		fmt.Fprintf(&b, t.line, a, t.self, dir)
	}
	b.WriteString(t.tail)
	return os.WriteFile(filepath.Join(dir, t.file), []byte(b.String()), 0o666)
}
