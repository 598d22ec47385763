//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rows of the page: the first ones have to have stories.
const (
	allFaults   = 82
	storyFaults = 60
)

// faultRow is a line of the table in FAULTS.md.
type faultRow struct {
	number  int
	stories []string // "26-supervisor-killed"
	tests   []string // "internal/proc TestEndAll"
	result  string
}

var quoted = regexp.MustCompile("`([^`]+)`")

func readFaultPage(text string) []faultRow {
	var rows []faultRow
	for line := range strings.Lines(text) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		number, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err != nil {
			continue // the head of the table
		}
		row := faultRow{number: number, result: strings.TrimSpace(cells[4])}
		for _, name := range quoted.FindAllStringSubmatch(cells[3], -1) {
			if strings.Contains(name[1], " ") {
				row.tests = append(row.tests, name[1])
			} else {
				row.stories = append(row.stories, name[1])
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// TestFaultPage keeps FAULTS.md true: it has every row and every story, and every
// test that it names exists.
func TestFaultPage(t *testing.T) {
	text, err := os.ReadFile("FAULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := readFaultPage(string(text))
	if len(rows) != allFaults {
		t.Errorf("the page has %d rows, want %d", len(rows), allFaults)
	}
	for i, row := range rows {
		if row.number != i+1 {
			t.Errorf("row %d stands where row %d should", row.number, i+1)
		}
		for _, fault := range faultsOfRow(row) {
			t.Errorf("row %d: %s", row.number, fault)
		}
	}
}

func faultsOfRow(row faultRow) []string {
	var faults []string
	files, err := filepath.Glob(fmt.Sprintf("testdata/fault/%02d-*.txtar", row.number))
	if err != nil {
		return []string{err.Error()}
	}
	var stories []string
	for _, file := range files {
		stories = append(stories, strings.TrimSuffix(filepath.Base(file), ".txtar"))
	}
	if !slices.Equal(stories, row.stories) {
		faults = append(faults, fmt.Sprintf("names the stories %q, but there are %q", row.stories, stories))
	}
	for _, test := range row.tests {
		if !hasTest(test) {
			faults = append(faults, fmt.Sprintf("there is no test %q", test))
		}
	}
	word, reason, _ := strings.Cut(row.result, ": ")
	switch {
	case word == "covered" && row.result == word && len(row.stories)+len(row.tests) > 0:
	case row.number <= storyFaults:
		faults = append(faults, fmt.Sprintf("cannot have the result %q", row.result))
	case word == "in part" && reason != "" && len(row.stories)+len(row.tests) > 0:
	case word == "skipped" && reason != "":
	default:
		faults = append(faults, fmt.Sprintf("cannot have the result %q", row.result))
	}
	if row.number <= storyFaults && len(row.stories) == 0 {
		faults = append(faults, "has no story")
	}
	return faults
}

// hasTest looks for "FOLDER TestName" in the tests of that folder of the project.
func hasTest(test string) bool {
	folder, name, _ := strings.Cut(test, " ")
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	return err == nil && slices.ContainsFunc(files, func(file string) bool {
		return strings.Contains(fileText(file), "\nfunc "+name+"(")
	})
}

// TestFaultRows gives the check of the page something to find.
func TestFaultRows(t *testing.T) {
	for line, want := range map[string]string{
		"| 8 | x | `08-cycle`, `e2e TestFaultRows` | covered |": "",
		"| 8 | x | `08-cycle`, `e2e TestNothing` | covered |":   `there is no test "e2e TestNothing"`,
		"| 8 | x | `08-cycle` | skipped: why |":                 `cannot have the result "skipped: why"`,
		"| 8 | x | `08-circle` | covered |":                     `names the stories ["08-circle"], but there are ["08-cycle"]`,
		"| 999 | x | – | covered |":                             `cannot have the result "covered"`,
		"| 999 | x | – | skipped: no such row |":                "",
	} {
		rows := readFaultPage(line)
		if len(rows) != 1 {
			t.Fatalf("%s: %d rows", line, len(rows))
		}
		if got := strings.Join(faultsOfRow(rows[0]), "; "); got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}
