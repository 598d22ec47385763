package main

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

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

func edgesOfTask(text string) edges {
	e, name := edges{}, ""
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case strings.HasPrefix(line, "  t"):
			name = key
			e[name] = []string{}
		case key == "deps" && name != "":
			e[name] = strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(`[", ]`, r) })
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
				"go-task": edgesOfTask(taskFile(w, nothing)),
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
		{"layers", layers(50, 20, 20), 1000, 49 * 20 * 20, 20},
		{"load", layers(100, 100, 3), 10_000, 99 * 100 * 3, 100},
		{"large load", layers(1001, 100, 10), 100_100, 1_000_000, 100},
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

func TestWhatCanBeExpressed(t *testing.T) {
	tests := []struct {
		name               string
		w                  workload
		independent, chain bool
	}{
		{"chain", chain(3), false, true},
		{"independent", independent(3), true, false},
		{"layers", layers(2, 2, 2), false, false},
		{"layers of one", layers(3, 1, 1), false, true},
		{"one", independent(1), true, true},
	}
	for _, tt := range tests {
		if isIndependent(tt.w) != tt.independent || isChain(tt.w) != tt.chain {
			t.Errorf("%s: independent %v, chain %v", tt.name, isIndependent(tt.w), isChain(tt.w))
		}
	}
}

func TestCommandOfTheRecipes(t *testing.T) {
	tests := []struct {
		r    recipe
		want string
	}{
		{nothing, `["/bin/true"]`},
		{nothingLine, `"/bin/true"`},
		{tallying("/f", false), `"/bin/echo a >> '/f'"`},
		{tallying("/f", true), `["sh", "-c", "/bin/echo a >> '/f'"]`},
	}
	for _, tt := range tests {
		if got := tt.r.wprunCommand("a"); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
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
