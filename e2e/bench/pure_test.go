package main

import (
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		values []float64
		want   float64
	}{
		{[]float64{3}, 3},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
	}
	for _, tt := range tests {
		if got := median(tt.values); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.values, got, tt.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v, want NaN", got)
	}
}

func TestPercentile(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	tests := []struct {
		values []float64
		p      float64
		want   float64
	}{
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred, 0, 1},
		{[]float64{7, 8}, 99, 8},
	}
	for _, tt := range tests {
		if got := percentile(tt.values, tt.p); got != tt.want {
			t.Errorf("percentile %v of %d values = %v, want %v", tt.p, len(tt.values), got, tt.want)
		}
	}
}

// edges is a graph as a tool's file tells it: what each task needs.
type edges map[string][]string

func edgesOf(w workload) edges {
	e := edges{}
	for i, n := range w {
		e[n.name] = w.needNames(i)
	}
	return e
}

func edgesOfWprun(t *testing.T, text string) edges {
	var file struct {
		Task map[string]struct {
			WaitsOn []string `toml:"waits_on"`
		}
	}
	if _, err := toml.Decode(text, &file); err != nil {
		t.Fatal(err)
	}
	e := edges{}
	for name, task := range file.Task {
		e[name] = append([]string{}, task.WaitsOn...)
	}
	return e
}

func edgesOfMake(text string) edges {
	e := edges{}
	for line := range strings.Lines(text) {
		name, needs, ok := strings.Cut(line, ":")
		if ok && strings.HasPrefix(name, "t") {
			e[name] = append([]string{}, strings.Fields(needs)...)
		}
	}
	return e
}

func edgesOfNinja(text string) edges {
	e := edges{}
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "build ")
		if !ok {
			continue
		}
		name, needs, _ := strings.Cut(rest, ": run")
		e[name] = append([]string{}, strings.Fields(strings.TrimPrefix(needs, " |"))...)
	}
	return e
}

func edgesOfCompose(text string) edges {
	e, name := edges{}, ""
	for line := range strings.Lines(text) {
		key := strings.TrimSuffix(strings.TrimSpace(line), ":")
		switch indent := len(line) - len(strings.TrimLeft(line, " ")); {
		case indent == 2:
			name = key
			e[name] = []string{}
		case indent == 6:
			e[name] = append(e[name], key)
		}
	}
	return e
}

func TestEveryToolGetsTheSameGraph(t *testing.T) {
	workloads := map[string]workload{
		"chain": chain(5), "independent": independent(4), "all of a layer": layers(3, 4, 4), "some of a layer": layers(4, 3, 2),
	}
	for name, w := range workloads {
		t.Run(name, func(t *testing.T) {
			want := edgesOf(w)
			for tool, got := range map[string]edges{
				"wprun":   edgesOfWprun(t, wprunFile(w, nothing)),
				"make":    edgesOfMake(makeFile(w, nothing)),
				"ninja":   edgesOfNinja(ninjaFile(w, nothing)),
				"compose": edgesOfCompose(composeFile(w, nothing)),
			} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", tool, diff)
				}
			}
		})
	}
}

func TestShapes(t *testing.T) {
	tests := []struct {
		name         string
		w            workload
		tasks, needs int
		ends         int
	}{
		{"chain", chain(1000), 1000, 999, 1},
		{"independent", independent(1000), 1000, 0, 1000},
		{"layers", layers(20, 50, 50), 1000, 19 * 50 * 50, 50},
		{"load", layers(100, 100, 3), 10_000, 99 * 100 * 3, 100},
	}
	for _, tt := range tests {
		needs := 0
		for i, n := range tt.w {
			needs += len(n.needs)
			for _, need := range n.needs {
				if need >= i {
					t.Fatalf("%s: task %d needs %d", tt.name, i, need)
				}
			}
		}
		if len(tt.w) != tt.tasks || needs != tt.needs || len(tt.w.ends()) != tt.ends {
			t.Errorf("%s: %d tasks, %d needs, %d ends", tt.name, len(tt.w), needs, len(tt.w.ends()))
		}
	}
}

func TestCheckOrder(t *testing.T) {
	tests := []struct{ tally, want string }{
		{"t00000\nt00001\nt00002\n", ""},
		{"t00000\nt00002\nt00001\n", `"t00002" ran before "t00001"`},
		{"t00000\nt00001\n", "2 of 3 tasks ran"},
		{"t00000\nt00001\nt00001\nt00002\n", `"t00001" ran twice`},
		{"t00000\nt00001\nother\n", `"t00002" did not run`},
	}
	for _, tt := range tests {
		err := chain(3).checkOrder(tt.tally)
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v, want %q", tt.tally, err, tt.want)
		}
	}
}

// values makes a row of a real name with these values.
func values(name, unit string, v map[string]float64) row {
	r := newRow(name, unit)
	maps.Copy(r.values, v)
	return r
}

func TestJudgement(t *testing.T) {
	tests := []struct {
		name  string
		row   row
		ratio string
		word  string
	}{
		{
			"as fast as allowed", values(rowChain, "s", map[string]float64{colWprun: 1.3, colMake: 1, colNinja: 2}),
			"1.30 x make, 0.65 x ninja", "ok",
		},
		{
			"slower than make allows", values(rowChain, "s", map[string]float64{colWprun: 1.4, colMake: 1, colNinja: 2}),
			"1.40 x make, 0.70 x ninja", "over",
		},
		{
			"as slow as ninja", values(rowChain, "s", map[string]float64{colWprun: 1, colMake: 1, colNinja: 1}),
			"1.00 x make, 1.00 x ninja", "over",
		},
		{
			"no ninja", values(rowChain, "s", map[string]float64{colWprun: 1, colMake: 1}),
			"1.00 x make", "not measured",
		},
		{"at the bound", values(rowLoad, "s", map[string]float64{colWprun: 0.5}), "", "over"},
		{"below it", values(rowLoad, "s", map[string]float64{colWprun: 0.49}), "", "ok"},
		{
			"later by less than allowed", values(rowGateOne50, "ms", map[string]float64{colWprun: 3.5, colMachine: 2}),
			"+1.50 ms", "ok",
		},
		{
			"later by more", values(rowGateOne50, "ms", map[string]float64{colWprun: 4.5, colMachine: 2}),
			"+2.50 ms", "over",
		},
		{
			"a figure without a limit", values(rowGateOne99, "ms", map[string]float64{colWprun: 90, colMachine: 2}),
			"+88.00 ms", "",
		},
	}
	for _, tt := range tests {
		ratio, _, word := judged(tt.row)
		if ratio != tt.ratio || word != tt.word {
			t.Errorf("%s: %q %q, want %q %q", tt.name, ratio, word, tt.ratio, tt.word)
		}
		objects := len(exceeded([]row{tt.row})) > 0
		if want := tt.word == "over" || tt.word == "not measured"; objects != want {
			t.Errorf("%s: -check objects: %v, want %v", tt.name, objects, want)
		}
	}
}

func TestTables(t *testing.T) {
	broken := newRow(rowLoad, "s")
	broken.failed[colWprun] = true
	rows := []row{values(rowOutput, "s", map[string]float64{colWprun: 12.345, colShell: 10}), broken}
	plain := strings.Join([]string{
		"row                                wprun   shell   ratio         limit",
		"150 MB of output, 2,000,000 lines  12.3 s  10.0 s  1.23 x shell  <= 1.5 x shell  ok",
		"load and check 10,000 tasks        error   -                     < 0.5 s         not measured",
		"",
	}, "\n")
	if diff := cmp.Diff(plain, plainTable(rows)); diff != "" {
		t.Errorf("plain (-want +got):\n%s", diff)
	}
	markdown := strings.Join([]string{
		"| row                               | wprun  | shell  | ratio        | limit          |              |",
		"| --------------------------------- | ------ | ------ | ------------ | -------------- | ------------ |",
		"| 150 MB of output, 2,000,000 lines | 12.3 s | 10.0 s | 1.23 x shell | <= 1.5 x shell | ok           |",
		"| load and check 10,000 tasks       | error  | -      |              | < 0.5 s        | not measured |",
		"",
	}, "\n")
	if diff := cmp.Diff(markdown, markdownTable(rows)); diff != "" {
		t.Errorf("markdown (-want +got):\n%s", diff)
	}
}

func TestParseStat(t *testing.T) {
	text := "42 (a) b) S 7 42 42 0 -1 4194560 100 0 0 0 12 30 900 900 20 0 1 0 5 1000 200\n"
	got, err := parseStat(text)
	if want := (usage{parent: 7, cpu: 420 * time.Millisecond}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, wrong := range []string{"", "42 (a) S", "42 (a) S x 1 1 1 1 1 1 1 1 1 1 1 1 1"} {
		if _, err := parseStat(wrong); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
}

func TestUsageOfATree(t *testing.T) {
	before := descendants(map[int]usage{
		1: {0, 5 * time.Second}, 10: {1, time.Second}, 11: {10, 2 * time.Second}, 20: {1, 3 * time.Second},
	}, 10)
	after := descendants(map[int]usage{
		1: {0, 9 * time.Second}, 10: {1, 2 * time.Second}, 11: {10, 2 * time.Second}, 12: {11, time.Second}, 20: {1, 8 * time.Second},
	}, 10)
	if len(before) != 2 || len(after) != 3 {
		t.Errorf("%d and %d processes, want 2 and 3", len(before), len(after))
	}
	if got := used(before, after); got != 2*time.Second {
		t.Errorf("used %v, want 2s", got)
	}
}

func TestParseResident(t *testing.T) {
	if got := parseResident("Name:\tx\nVmRSS:\t   1234 kB\nThreads:\t1\n"); got != 1234 {
		t.Errorf("got %d, want 1234", got)
	}
}

func TestParseStamp(t *testing.T) {
	if at, err := parseStamp("t00001 123\n", "t00001"); err != nil || at != 123 {
		t.Errorf("got %d, %v", at, err)
	}
	for _, wrong := range []string{"t00002 123\n", "t00001\n", "t00001 x\n", "t00001 0\n"} {
		if _, err := parseStamp(wrong, "t00001"); err == nil {
			t.Errorf("%q: no error", wrong)
		}
	}
}

func TestCPUModel(t *testing.T) {
	if got := cpuModel("processor\t: 0\nmodel name\t: A B\nmodel name\t: C\n"); got != "A B" {
		t.Errorf("got %q", got)
	}
	if got := cpuModel(""); got != "unknown" {
		t.Errorf("got %q", got)
	}
}

func TestReportsHoldTheSame(t *testing.T) {
	r := report{facts: []string{"Go: go1"}, rounds: 5, rows: []row{values(rowLoad, "s", map[string]float64{colWprun: 0.25})}}
	for _, text := range []string{r.plain(), r.markdown()} {
		for _, want := range []string{"Go: go1", rowLoad, "0.25 s", "median of 5 rounds"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in:\n%s", want, text)
			}
		}
	}
}
