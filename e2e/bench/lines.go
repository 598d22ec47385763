package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

const (
	// mark stands once in each line of the output, and in nothing that a tool
	// adds, so that the lines can be counted behind the tool.
	mark = "~"
	// lineBytes is the length of a line with its end.
	lineBytes = 75
)

// appendLine makes line i of a writer, all of which are different.
func appendLine(dst []byte, writer, i int) []byte {
	const filler = "the quick brown fox jumps over the lazy dog the quick brown fox jumps over the lazy dog"
	begin := len(dst)
	dst = fmt.Appendf(dst, "%s%02d %08d ", mark, writer, i)
	dst = append(dst, filler[:lineBytes-1-(len(dst)-begin)]...)
	return append(dst, '\n')
}

// writeLines makes a file of n lines of a writer.
func writeLines(file string, writer, n int) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var line []byte
	for i := range n {
		line = appendLine(line[:0], writer, i)
		// An error stays with the writer until Flush.
		w.Write(line)
	}
	return errors.Join(w.Flush(), f.Close())
}

// flow is what has come through a pipe, or is in log files.
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

func (f *flow) readFile(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return f.read(file)
}

// checkLines fails if one of n lines was lost on the way to the pipe or to the
// logs, or came without a prefix.
func checkLines(n int, got flow, logs []string) error {
	if got.marks != n {
		return fmt.Errorf("cannot trust the output: %d of %d lines came out", got.marks, n)
	}
	if got.bytes < n*(lineBytes+2) {
		return fmt.Errorf("cannot trust the output: %d bytes are too few for lines with a prefix", got.bytes)
	}
	var logged flow
	for _, name := range logs {
		if err := logged.readFile(name); err != nil {
			return err
		}
	}
	if logged.marks != n {
		return fmt.Errorf("cannot trust the output: %d of %d lines are in the log", logged.marks, n)
	}
	return nil
}

// afterTitle is a line without the title of a terminal's window that a tool sets
// before it.
func afterTitle(line []byte) []byte {
	if end := bytes.IndexByte(line, '\a'); end >= 0 && bytes.HasPrefix(line, []byte("\x1b]0;")) {
		return line[end+1:]
	}
	return line
}

// checkWhole reads what came through a pipe, line by line: each writer's lines
// have to be there, whole, in order, all of them behind the same prefix. What has
// no mark is the tool's own; the rest of a torn line is missed where it was torn.
func checkWhole(r io.Reader, writers, each int) error {
	seen, prefixes := make([]int, writers), make([]string, writers)
	var want []byte
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && err != io.EOF {
			return err
		}
		line = afterTitle(line)
		if at := bytes.IndexByte(line, mark[0]); at >= 0 {
			writer := writerOf(line[at:])
			if writer < 0 || writer >= writers {
				return fmt.Errorf("cannot trust the output: nobody wrote %q", line)
			}
			want = appendLine(want[:0], writer, seen[writer])
			if !bytes.Equal(line[at:], want) {
				return fmt.Errorf("cannot trust the output: %q came where %q was next", line, want)
			}
			if prefix := string(line[:at]); seen[writer] == 0 {
				prefixes[writer] = prefix
			} else if prefix != prefixes[writer] {
				return fmt.Errorf("cannot trust the output: a line begins %q, others of it %q", prefix, prefixes[writer])
			}
			seen[writer]++
		}
		if err == io.EOF {
			return checkSeen(seen, each)
		}
	}
}

// writerOf reads the number behind the mark; -1 if there is none.
func writerOf(line []byte) int {
	number, _, _ := strings.Cut(string(line[len(mark):min(len(line), len(mark)+4)]), " ")
	writer, err := strconv.Atoi(number)
	if err != nil {
		return -1
	}
	return writer
}

func checkSeen(seen []int, each int) error {
	for writer, n := range seen {
		if n != each {
			return fmt.Errorf("cannot trust the output: %d of %d lines of writer %d came out", n, each, writer)
		}
	}
	return nil
}
