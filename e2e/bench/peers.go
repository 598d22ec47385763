package main

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// peer is a tool that may be installed.
type peer struct {
	tool
	program string // its name in PATH
	asked   string // the argument that makes it tell its version
}

// peers lists them in the order of their columns.
func peers() []peer {
	return []peer{
		{program: "make", asked: "--version", tool: tool{
			column: colMake, file: "Makefile", render: makeFile, can: anything,
			args: func(jobs int) []string { return []string{dashJ(jobs), "-f", "Makefile"} },
		}},
		{program: "ninja", asked: "--version", tool: tool{
			column: colNinja, file: "build.ninja", render: ninjaFile, can: anything,
			args:   func(jobs int) []string { return []string{dashJ(jobs), "-f", "build.ninja"} },
			litter: []string{".ninja_log", ".ninja_deps"},
		}},
		{program: "parallel", asked: "--version", tool: tool{
			column: colParallel, file: "jobs", render: lineFile, can: isIndependent,
			args: func(jobs int) []string { return []string{dashJ(jobs), "--halt", "now,fail=1", "-a", "jobs"} },
		}},
		{program: "task", asked: "--version", tool: tool{
			column: colTask, file: "Taskfile.yml", render: taskFile, can: isSmallOrIndependent,
			args: func(jobs int) []string { return []string{"-C", fmt.Sprint(jobs), "-t", "Taskfile.yml"} },
		}},
		{program: "process-compose", asked: "version", tool: tool{
			column: colCompose, file: "process-compose.yaml", render: composeFile, can: anything,
			args: func(int) []string {
				return []string{
					"up", "-t=false", "--no-server", "--disable-dotenv",
					"-L", "process-compose.log", "-f", "process-compose.yaml",
				}
			},
			litter: []string{"process-compose.log"},
		}},
		{program: "sh", tool: tool{
			column: colShell, file: "script", render: lineFile, can: isChain,
			args: func(int) []string { return []string{"-e", "script"} },
		}},
	}
}

// isSmallOrIndependent is what go-task does in seconds: for 10,000 tasks that need
// one another it takes minutes, and grows with the square of their number.
func isSmallOrIndependent(w workload) bool { return len(w) <= 1000 || isIndependent(w) }

func dashJ(jobs int) string { return fmt.Sprintf("-j%d", jobs) }

// findPeers looks tools up in PATH. notes says what is not there.
func findPeers(wanted []peer) (found []tool, notes []string) {
	for _, p := range wanted {
		path, err := exec.LookPath(p.program)
		if err != nil {
			notes = append(notes, fmt.Sprintf("%s is not in PATH: %s is left out", p.program, p.column))
			continue
		}
		p.path = path
		if p.asked != "" {
			p.version = versionOf(path, p.asked)
		}
		found = append(found, p.tool)
	}
	return found, notes
}

// versionOf asks a tool for its version in one line, "unknown" if it says none.
func versionOf(path, asked string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, asked).Output()
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(out)) {
		if text := strings.TrimSpace(line); strings.ContainsAny(text, "0123456789") {
			return text
		}
	}
	return "unknown"
}
