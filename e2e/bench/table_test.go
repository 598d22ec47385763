package main

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// values fills in a row.
func values(r row, v map[string]float64) row {
	maps.Copy(r.values, v)
	return r
}

func aLoad() row  { return loadRows(fullSize())[0] }
func aChain() row { return groups(fullSize())[0].rows[0] }
func aStart() row { return startRows()[0] }
func aGate() row  { return gateRows(1)[0] }

// What has to be shown, row by row.
func TestTheLimits(t *testing.T) {
	const graph = " <= 1.1 x machine+pipe, <= 1.15 x make, <= 0.6 x ninja"
	want := []string{
		"chain-1000: 1,000 x [\"/bin/true\"], a chain" + graph,
		"chain-1000: 1,000 x \"/bin/true\", a chain" + graph,
		"independent-1000: 1,000 x [\"/bin/true\"], independent" + graph,
		"independent-1000: 1,000 x \"/bin/true\", independent" + graph,
		"layers-1000: 1,000 x [\"/bin/true\"], layers of 20" + graph,
		"layers-1000: 1,000 x \"/bin/true\", layers of 20" + graph,
		"chain-10000: 10,000 x [\"/bin/true\"], a chain" + graph,
		"chain-10000: 10,000 x \"/bin/true\", a chain" + graph,
		"independent-10000: 10,000 x [\"/bin/true\"], independent" + graph,
		"independent-10000: 10,000 x \"/bin/true\", independent" + graph,
		"layers-10000: 10,000 x [\"/bin/true\"], layers of 20" + graph,
		"layers-10000: 10,000 x \"/bin/true\", layers of 20" + graph,
		"start: run of one [\"/bin/true\"] <= 3 x shell + 15 ms",
		"version: wprun version <= 1.5 x hello",
		"stop: stop of 500 commands that obey SIGTERM <= 1 s",
		"engine: engine only: 100,000 tasks, a chain <= 0.3 s",
		"engine: engine only: 100,000 tasks, a chain, memory a task < 1 KB",
		"engine: engine only: 100,000 tasks, independent <= 0.3 s",
		"engine: engine only: 100,000 tasks, independent, memory a task < 1 KB",
		"load: load and check 10,000 tasks < 0.5 s",
		"large-load: load and check 100,000 tasks, 1,000,000 edges <= 2 s",
		"large-load: load and check 100,000 tasks, 1,000,000 edges, memory <= 500 MB",
		"noop: 10,000 tasks, 50,000 inputs, all up to date < 1 s",
		"noop: 10,000 tasks, 50,000 inputs, all up to date, memory < 150 MB",
		"build: 1,000 files made of 5,000 inputs ",
		"idle: idle: 1,000 gated, 100 ready services, CPU <= 0.1 % of a core",
		"idle: idle: 1,000 gated, 100 ready services, memory (Pss) <= 40 MB",
		"idle: idle: 1,000 gated, 100 ready services, memory (Rss) ",
		"output: 150 MB of output, 2,000,000 lines <= 1.2 x shell, <= 0.1 x process-compose",
		"crowd: 64 x 100,000 lines at once <= 1.5 x wprun, one",
		"gate-one: mkdir to start, 1 gate, p50 <= machine + 0.5 ms",
		"gate-one: mkdir to start, 1 gate, p99 <= machine + 3 ms",
		"gate-many: mkdir to start, 1,000 gates, p50 <= machine + 0.5 ms",
		"gate-many: mkdir to start, 1,000 gates, p99 <= machine + 3 ms",
	}
	var got []string
	for _, g := range groups(fullSize()) {
		for _, r := range g.rows {
			_, bound, _ := judged(r)
			got = append(got, g.name+": "+r.name+" "+bound)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJudgement(t *testing.T) {
	tests := []struct {
		name  string
		row   row
		ratio string
		word  string
	}{
		{
			"as fast as allowed", values(aChain(), map[string]float64{colWprun: 1.1, colPiped: 1, colMake: 1, colNinja: 2}),
			"1.10 x machine+pipe, 1.10 x make, 0.55 x ninja", "ok",
		},
		{
			"slower than make allows", values(aChain(), map[string]float64{colWprun: 1.16, colPiped: 2, colMake: 1, colNinja: 2}),
			"0.58 x machine+pipe, 1.16 x make, 0.58 x ninja", "over",
		},
		{
			"slower than ninja allows", values(aChain(), map[string]float64{colWprun: 0.7, colPiped: 1, colMake: 1, colNinja: 1}),
			"0.70 x machine+pipe, 0.70 x make, 0.70 x ninja", "over",
		},
		{
			"no ninja", values(aChain(), map[string]float64{colWprun: 1, colPiped: 1, colMake: 1}),
			"1.00 x machine+pipe, 1.00 x make", "not measured",
		},
		{"at the bound", values(aLoad(), map[string]float64{colWprun: 0.5}), "", "over"},
		{"below it", values(aLoad(), map[string]float64{colWprun: 0.49}), "", "ok"},
		{"at a bound that is allowed", values(largeLoadRows(fullSize())[0], map[string]float64{colWprun: 2}), "", "ok"},
		{
			"later by less than allowed", values(aGate(), map[string]float64{colWprun: 2.25, colMachine: 2}),
			"+0.25 ms", "ok",
		},
		{
			"later by more", values(aGate(), map[string]float64{colWprun: 2.75, colMachine: 2}),
			"+0.75 ms", "over",
		},
		{
			"a factor and more", values(aStart(), map[string]float64{colWprun: 18, colShell: 1}),
			"18.00 x shell", "ok",
		},
		{
			"above both", values(aStart(), map[string]float64{colWprun: 18.5, colShell: 1}),
			"18.50 x shell", "over",
		},
		{
			"a figure without a limit", values(newRow("r", "s", beside(colMake)), map[string]float64{colWprun: 90, colMake: 2}),
			"45.00 x make", "",
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
	broken := aLoad()
	broken.failed[colWprun] = true
	rows := []row{values(aStart(), map[string]float64{colWprun: 12.345, colShell: 10}), broken}
	plain := strings.Join([]string{
		`row                          wprun    shell    ratio         limit`,
		`run of one ["/bin/true"]     12.3 ms  10.0 ms  1.23 x shell  <= 3 x shell + 15 ms  ok`,
		`load and check 10,000 tasks  error    -                      < 0.5 s               not measured`,
		"",
	}, "\n")
	if diff := cmp.Diff(plain, plainTable(rows)); diff != "" {
		t.Errorf("plain (-want +got):\n%s", diff)
	}
	markdown := strings.Join([]string{
		`| row                         | wprun   | shell   | ratio        | limit                |              |`,
		`| --------------------------- | ------- | ------- | ------------ | -------------------- | ------------ |`,
		`| run of one ["/bin/true"]    | 12.3 ms | 10.0 ms | 1.23 x shell | <= 3 x shell + 15 ms | ok           |`,
		`| load and check 10,000 tasks | error   | -       |              | < 0.5 s              | not measured |`,
		"",
	}, "\n")
	if diff := cmp.Diff(markdown, markdownTable(rows)); diff != "" {
		t.Errorf("markdown (-want +got):\n%s", diff)
	}
}
