package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// mark stands once in each line of the output, and in nothing that a tool
	// adds, so that the lines can be counted behind the tool.
	mark = "~"
	// lineBytes is the length of a line with its end.
	lineBytes = 75
)

func outputRows(s size) []row {
	return []row{newRow(
		fmt.Sprintf("%d MB of output, %s lines", s.lines*lineBytes/1e6, count(s.lines)), "s",
		times(1.2, colShell), times(0.1, colCompose),
		beside(colParallel), beside(colTask), beside(colMachine),
	)}
}

// measureOutput times the way of many lines through prefix and log file to a
// pipe that is read to its end. The machine's value is cat alone.
func (l *lab) measureOutput(ctx context.Context, rows []row) {
	dir, err := l.sub("output")
	if err == nil {
		defer os.RemoveAll(dir)
		err = writeLines(filepath.Join(dir, "lines"), l.lines)
	}
	if err != nil {
		l.fail(rows, colWprun, err)
		return
	}
	l.alternate(ctx, []contender{
		{column: colWprun, into: rows, run: func(ctx context.Context) (float64, error) { return l.outputOfWprun(ctx, dir) }},
		{column: colShell, into: rows, run: func(ctx context.Context) (float64, error) { return l.outputOfShell(ctx, dir) }},
		{column: colMachine, into: rows, run: func(ctx context.Context) (float64, error) {
			seconds, _, err := drained(ctx, dir, []string{"cat", "lines"})
			return seconds, err
		}},
	})
}

// writeLines makes a file of n different lines.
func writeLines(file string, n int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	filler := strings.Repeat("the quick brown fox jumps over the lazy dog ", 2)
	for i := range n {
		head := fmt.Sprintf("%s%08d ", mark, i)
		// An error stays with the writer until Flush.
		w.WriteString(head)
		w.WriteString(filler[:lineBytes-1-len(head)])
		w.WriteByte('\n')
	}
	return errors.Join(w.Flush(), f.Close())
}

// outputOfWprun checks that each line came out with a prefix and is in the log.
func (l *lab) outputOfWprun(ctx context.Context, dir string) (float64, error) {
	if l.wprunErr != nil {
		return 0, l.wprunErr
	}
	file := fmt.Sprintf("[task.a]\ncommand = %s\n", quotedList([]string{"cat", filepath.Join(dir, "lines")}))
	if err := errors.Join(
		tidy(dir, []string{".wprun"}),
		os.WriteFile(filepath.Join(dir, "wprun.toml"), []byte(file), 0o600),
	); err != nil {
		return 0, err
	}
	argv := []string{l.wprun, "run", "--output", "stream", "-f", "wprun.toml"}
	seconds, got, err := drained(ctx, dir, argv)
	if err != nil {
		return 0, err
	}
	logs, err := filepath.Glob(filepath.Join(dir, ".wprun", "runs", "*", "logs", "*"))
	if err != nil {
		return 0, err
	}
	return seconds, l.checkLines(got, logs)
}

// tidy removes at once what is large: a few files.
func tidy(dir string, litter []string) error {
	var errs []error
	for _, name := range litter {
		errs = append(errs, os.RemoveAll(filepath.Join(dir, name)))
	}
	return errors.Join(errs...)
}

func (l *lab) outputOfShell(ctx context.Context, dir string) (float64, error) {
	if err := tidy(dir, []string{"log"}); err != nil {
		return 0, err
	}
	seconds, got, err := drained(ctx, dir, []string{"sh", "-c", "cat lines | tee log | sed 's/^/a /'"})
	if err != nil {
		return 0, err
	}
	return seconds, l.checkLines(got, []string{filepath.Join(dir, "log")})
}

// checkLines fails if a line was lost on the way to the pipe or to the logs, or
// came without a prefix.
func (l *lab) checkLines(got flow, logs []string) error {
	if got.marks != l.lines {
		return fmt.Errorf("cannot trust the output: %d of %d lines came out", got.marks, l.lines)
	}
	if got.bytes < l.lines*(lineBytes+2) {
		return fmt.Errorf("cannot trust the output: %d bytes are too few for lines with a prefix", got.bytes)
	}
	var logged flow
	for _, name := range logs {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		err = logged.read(f)
		f.Close()
		if err != nil {
			return err
		}
	}
	if logged.marks != l.lines {
		return fmt.Errorf("cannot trust the output: %d of %d lines are in the log", logged.marks, l.lines)
	}
	return nil
}

// flow is what has come through a pipe.
type flow struct{ bytes, marks int }

func (f *flow) read(r io.Reader) error {
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		f.bytes += n
		f.marks += bytes.Count(buf[:n], []byte(mark))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// drained runs a command, reads its stdout to the end and returns the seconds
// until both the output and the command ended.
func drained(ctx context.Context, dir string, argv []string) (float64, flow, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd, errFile, err := prepare(ctx, dir, argv)
	if err != nil {
		return 0, flow{}, err
	}
	defer errFile.Close()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, flow{}, err
	}
	var got flow
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, flow{}, explain(cmd, errFile.Name(), err)
	}
	// Whatever still holds the pipe when time is up must not hold the reader.
	release := context.AfterFunc(ctx, func() { out.Close() })
	defer release()
	readErr := got.read(out)
	err = cmd.Wait()
	seconds := time.Since(start).Seconds()
	return seconds, got, errors.Join(explain(cmd, errFile.Name(), overdue(ctx, err)), readErr)
}
