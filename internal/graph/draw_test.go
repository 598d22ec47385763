package graph

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the drawings in testdata")

// sampler has one of everything that a drawing can show.
func sampler(t *testing.T) *Graph {
	t.Helper()
	g, problems := Build([]Process{
		{Name: "db", Service: true, Signals: []Signal{{Key: "db", When: AtStart}}},
		{Name: "end", Signals: []Signal{{Key: "booted", When: Self}, {Key: "42"}}},
		{Name: "test.1", WaitsOn: [][]string{{"db"}, {"booted", "end.failed"}, {"42"}, {`a "b" \N #1;<i>`}}},
		{Name: "other", Signals: []Signal{{Key: "shared"}}},
		{Name: "more", Signals: []Signal{{Key: "shared"}}},
		{Name: "clean-up", WaitsOn: [][]string{{"test.1", "test.1.failed"}, {"shared"}, {"db", "booted"}, {"42.failed"}}},
		{Name: "alone"},
	}, []Watchpoint{
		{Key: "42"},
		{Key: `a "b" \N #1;<i>`, External: true, Timeout: time.Hour},
		{Key: "unused"},
	})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return g
}

func TestDrawings(t *testing.T) {
	g := sampler(t)
	i, _ := g.Process("test.1")
	part := g.Part([]int{i})
	for name, got := range map[string]string{
		"sampler.txt":     g.Text(),
		"sampler.dot":     g.Dot(),
		"sampler.mermaid": g.Mermaid(),
		"part.txt":        part.Text(),
		"part.mermaid":    part.Mermaid(),
		"nothing.txt":     empty(t).Text(),
		"nothing.dot":     empty(t).Dot(),
		"nothing.mermaid": empty(t).Mermaid(),
	} {
		t.Run(name, func(t *testing.T) { compareDrawing(t, name, got) })
	}
}

func empty(t *testing.T) *Graph {
	t.Helper()
	g, problems := Build(nil, nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return g
}

func compareDrawing(t *testing.T, name, got string) {
	file := filepath.Join("testdata", "draw", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got (run with -update to accept):\n%s", diff)
	}
}

// A part keeps what is around its processes, and has a critical path of its own.
func TestPart(t *testing.T) {
	g := sampler(t)
	of := func(names ...string) *Graph {
		var some []int
		for _, name := range names {
			i, ok := g.Process(name)
			if !ok {
				t.Fatalf("no process %q", name)
			}
			some = append(some, i)
		}
		return g.Part(some)
	}
	for _, tt := range []struct {
		name    string
		of      []string
		want    []string
		longest string
	}{
		{"one that needs nothing", []string{"alone"}, []string{"alone"}, "alone"},
		{"with needs", []string{"test.1"}, []string{"db", "end", "test.1"}, "db -> test.1"},
		{"all signallers of a key", []string{"clean-up"}, []string{"db", "end", "test.1", "other", "more", "clean-up"}, "db -> test.1 -> clean-up"},
		{"two", []string{"more", "alone"}, []string{"more", "alone"}, "more"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			part := of(tt.of...)
			var names []string
			for i, p := range part.Processes() {
				names = append(names, p.Name)
				whole, _ := g.Process(p.Name)
				if part.Level(i) != g.Level(whole) {
					t.Errorf("level of %s is %d, and %d in the whole", p.Name, part.Level(i), g.Level(whole))
				}
			}
			if diff := cmp.Diff(tt.want, names); diff != "" {
				t.Errorf("processes, -want +got:\n%s", diff)
			}
			if got := part.chain(part.CriticalPath()); got != tt.longest {
				t.Errorf("critical path %q, want %q", got, tt.longest)
			}
		})
	}
	if _, declared := of("alone").Point("unused"); declared {
		t.Error("a part has a watchpoint that none of its processes mentions")
	}
}

func TestGateText(t *testing.T) {
	for want, gate := range map[string][][]string{
		"":                             nil,
		"db":                           {{"db"}},
		"db and (cache or no-cache)":   {{"db"}, {"cache", "no-cache"}},
		`"a b" and ("c)" or "\u202e")`: {{"a b"}, {"c)", "\u202e"}},
		"0 and 1 and 2 and 3 and 4 and 5 and 6 and 7 and 2 more": {{"0"}, {"1"}, {"2"}, {"3"}, {"4"}, {"5"}, {"6"}, {"7"}, {"8"}, {"9"}},
		"(0 or 1 or 2 or 3 or 4 or 5 or 6 or 7 or 8)":            {{"0", "1", "2", "3", "4", "5", "6", "7", "8"}},
	} {
		if got := GateText(gate); got != want {
			t.Errorf("GateText(%q) = %s, want %s", gate, got, want)
		}
	}
}
