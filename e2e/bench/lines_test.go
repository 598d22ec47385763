package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shown is what a tool shows of two writers with two lines each.
func shown() []string {
	line := func(writer, i int) string { return string(appendLine(nil, writer, i)) }
	return []string{"a | " + line(0, 0), "b | " + line(1, 0), "b | " + line(1, 1), "wprun: hello\n", "a | " + line(0, 1)}
}

func TestCheckWhole(t *testing.T) {
	tests := []struct {
		name   string
		change func(lines []string) []string
		want   string // in the error; "" for none
	}{
		{"as it was written", func(lines []string) []string { return lines }, ""},
		{"the window gets a title before all", func(lines []string) []string {
			lines[0] = "\x1b]0;a tool: a machine\a" + lines[0]
			return lines
		}, ""},
		{"a line is lost", func(lines []string) []string { return lines[:4] }, "1 of 2 lines of writer 0"},
		{"nothing is shown", func([]string) []string { return nil }, "0 of 2 lines of writer 0"},
		{"two are swapped", func(lines []string) []string {
			lines[1], lines[2] = lines[2], lines[1]
			return lines
		}, "was next"},
		{"one comes twice", func(lines []string) []string { return append(lines, lines[4]) }, "was next"},
		{"a line is torn", func(lines []string) []string {
			lines[1] = lines[1][:30] + "\nb | " + lines[1][30:]
			return lines
		}, "was next"},
		{"another is in it", func(lines []string) []string {
			lines[0] = lines[0][:30] + lines[1] + lines[0][30:]
			return append(lines[:1], lines[2:]...)
		}, "was next"},
		{"the end is missing", func(lines []string) []string {
			lines[4] = strings.TrimSuffix(lines[4], "\n")
			return lines
		}, "was next"},
		{"another's prefix", func(lines []string) []string {
			lines[2] = "a" + lines[2][1:]
			return lines
		}, `a line begins "a | ", others of it "b | "`},
		{"a stranger's", func(lines []string) []string { return append(lines, string(appendLine(nil, 2, 0))) }, "nobody wrote"},
	}
	for _, tt := range tests {
		err := checkWhole(strings.NewReader(strings.Join(tt.change(shown()), "")), 2, 2)
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestLinesAreOfOneLength(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lines")
	if err := writeLines(file, 63, 100); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() != 100*lineBytes {
		t.Fatalf("%v, %v, want %d bytes", info, err, 100*lineBytes)
	}
	var got flow
	if err := got.readFile(file); err != nil || got != (flow{bytes: 100 * lineBytes, marks: 100}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestCommandsOfPrinters(t *testing.T) {
	two := independent(2)
	tests := []struct {
		p    printer
		w    workload
		name string
		want string
	}{
		{printer{}, two, "t00001", "cat b"},
		{printer{}, independent(1), "t00000", "cat a b"},
		{printer{tee: true}, two, "t00000", "cat a | tee log-t00000"},
	}
	for _, tt := range tests {
		if got := tt.p.catting(tt.w, []string{"a", "b"}).line(tt.name); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
