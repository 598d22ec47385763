package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// printer is a tool that shows what its commands write with a prefix before each
// line, and keeps it in log files.
type printer struct {
	tool
	tee  bool   // it keeps no log by itself: each command does with tee
	logs string // glob of the log files
}

// teeLogs is where a command keeps its log by itself.
const teeLogs = "log-*"

// printers lists wprun and those of its peers that can do that.
func (l *lab) printers() []printer {
	wprun := l.tool()
	wprun.render = func(w workload, r recipe) string {
		// Nothing may be thrown away while it is counted.
		return "[defaults.task]\nlog = { max_size = \"4GiB\" }\n" + wprunFile(w, r)
	}
	wprun.args = func(jobs int) []string {
		return []string{"run", dashJ(jobs), "--output", "stream", "-f", "wprun.toml"}
	}
	list := []printer{{tool: wprun, logs: ".wprun/runs/*/logs/*"}}
	for _, t := range l.peers {
		switch t.column {
		case colParallel:
			t.args = func(jobs int) []string {
				return []string{dashJ(jobs), "--halt", "now,fail=1", "--line-buffer", "--tagstring", "{#} |", "-a", "jobs"}
			}
			list = append(list, printer{tool: t, tee: true, logs: teeLogs})
		case colTask:
			t.render = func(w workload, r recipe) string { return "output: prefixed\n" + taskFile(w, r) }
			list = append(list, printer{tool: t, tee: true, logs: teeLogs})
		case colCompose:
			t.render = composeLogFile
			list = append(list, printer{tool: t, logs: teeLogs})
		case colShell:
			t.render = func(w workload, r recipe) string {
				return strings.TrimSpace(lineFile(w, r)) + " | sed 's/^/a /'\n"
			}
			t.can = func(w workload) bool { return len(w) == 1 }
			list = append(list, printer{tool: t, tee: true, logs: teeLogs})
		}
	}
	return list
}

// catting is the recipe whose commands write the files: each of as many tasks its
// own, an only one all of them.
func (p printer) catting(w workload, files []string) recipe {
	return recipe{list: true, line: func(name string) string {
		line := "cat " + strings.Join(files, " ")
		if i := slices.IndexFunc(w, func(n node) bool { return n.name == name }); len(w) == len(files) {
			line = "cat " + files[i]
		}
		if p.tee {
			line += " | tee log-" + name
		}
		return line
	}}
}

// print runs a printer once, and checks that no line was lost.
func (p printer) print(ctx context.Context, dir string, tasks, lines int) (float64, error) {
	if err := p.tidy(dir); err != nil {
		return 0, err
	}
	var got flow
	seconds, err := drained(ctx, dir, p.argv(tasks), got.read)
	if err != nil {
		return 0, err
	}
	logs, err := filepath.Glob(filepath.Join(dir, p.logs))
	return seconds, errors.Join(err, checkLines(lines, got, logs))
}

// tidy removes at once what is large: a few files.
func (p printer) tidy(dir string) error {
	logs, err := filepath.Glob(filepath.Join(dir, teeLogs))
	for _, name := range append(logs, filepath.Join(dir, ".wprun")) {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// drained runs a command, lets read have its stdout to the end and returns the
// seconds until both the output and the command ended.
func drained(ctx context.Context, dir string, argv []string, read func(io.Reader) error) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd, errFile, err := prepare(ctx, dir, argv)
	if err != nil {
		return 0, err
	}
	defer errFile.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, explain(cmd, errFile.Name(), err)
	}
	// Whatever still holds the pipe when time is up must not hold the reader.
	release := context.AfterFunc(ctx, func() { out.Close() })
	defer release()
	readErr := read(out)
	if readErr != nil {
		out.Close()
	}
	err = cmd.Wait()
	seconds := time.Since(start).Seconds()
	return seconds, errors.Join(readErr, explain(cmd, errFile.Name(), overdue(ctx, err)))
}
