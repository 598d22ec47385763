package graph

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// declare reads processes and watchpoints from lines of the form
//
//	task NAME waits=A,B|C signals=KEY,KEY@started
//	service NAME ...
//	watchpoint KEY
//	external KEY timeout=1h
func declare(t testing.TB, text string) ([]Process, []Watchpoint) {
	t.Helper()
	var processes []Process
	var watchpoints []Watchpoint
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		words := strings.Fields(line)
		kind, name, options := words[0], words[1], words[2:]
		switch kind {
		case "task", "service":
			p := Process{Name: name, Service: kind == "service"}
			for _, o := range options {
				p.option(t, o)
			}
			processes = append(processes, p)
		case "watchpoint", "external":
			w := Watchpoint{Key: name, External: kind == "external"}
			if len(options) > 0 {
				w.Timeout, _ = time.ParseDuration(strings.TrimPrefix(options[0], "timeout="))
			}
			watchpoints = append(watchpoints, w)
		default:
			t.Fatalf("unknown declaration %q", line)
		}
	}
	return processes, watchpoints
}

func (p *Process) option(t testing.TB, o string) {
	name, value, _ := strings.Cut(o, "=")
	for _, item := range strings.Split(value, ",") {
		switch name {
		case "waits":
			anyOf := []string{}
			if item != "nothing" {
				anyOf = strings.Split(item, "|")
			}
			p.WaitsOn = append(p.WaitsOn, anyOf)
		case "signals":
			key, when, _ := strings.Cut(item, "@")
			p.Signals = append(p.Signals, Signal{key, When(when)})
		default:
			t.Fatalf("unknown option %q", o)
		}
	}
}

// build fails the test if the declarations do not make a graph.
func build(t testing.TB, text string) *Graph {
	t.Helper()
	g, problems := Build(declare(t, text))
	if len(problems) > 0 {
		t.Fatalf("cannot build: %v", problems)
	}
	return g
}

const hint = "; a [[watchpoint]] with external = true allows somebody outside this file to do so"

var problemCases = []struct {
	name, text string
	want       []string // PROCESS/KEY: TEXT
}{
	{
		"two processes of one name",
		`task a
		 service a`,
		[]string{`a/: cannot have two processes of the name "a"`},
	},
	{
		"a watchpoint declared twice",
		`watchpoint w
		 external w
		 task a`,
		[]string{`/w: cannot declare watchpoint "w" twice`},
	},
	{
		"a signal given twice",
		`task a signals=w,x,w@self`,
		[]string{`a/w: cannot signal "w" twice: remove one of the two`},
	},
	{
		"the implied signal replaced, not doubled",
		`task a signals=a@self`,
		nil,
	},
	{
		"a wait that nobody signals",
		`task database
		 task test waits=databse`,
		[]string{`test/databse: cannot wait on "databse": nobody signals it; did you mean "database"?` + hint},
	},
	{
		"and nothing like it",
		`task database
		 task test waits=x11`,
		[]string{`test/x11: cannot wait on "x11": nobody signals it` + hint},
	},
	{
		"the twin of nobody's watchpoint",
		`task migrate
		 task test waits=migrat.failed`,
		[]string{`test/migrat.failed: cannot wait on "migrat.failed": nobody signals it; did you mean "migrate.failed"?` + hint},
	},
	{
		"a slip in the ending of a twin",
		`task migrate
		 task test waits=migrate.faild`,
		[]string{`test/migrate.faild: cannot wait on "migrate.faild": nobody signals it; did you mean "migrate.failed"?` + hint},
	},
	{
		"declared, and still signalled by nobody",
		`watchpoint dataset
		 task test waits=dataset,dataset.failed`,
		[]string{
			`test/dataset: cannot wait on "dataset": nobody signals it` + hint,
			`test/dataset.failed: cannot wait on "dataset.failed": nobody signals it` + hint,
		},
	},
	{
		"external, and its twin",
		`external dataset timeout=1h
		 task test waits=dataset
		 task alarm waits=dataset.failed`,
		nil,
	},
	{
		"any of nothing",
		`task a waits=nothing`,
		[]string{`a/: cannot wait on any of nothing: put keys into the inner list, or remove it`},
	},
	{
		"one of several that nobody signals",
		`task a
		 task b waits=a|c`,
		[]string{`b/c: cannot wait on "c": nobody signals it` + hint},
	},
	{
		"all at once, circles last",
		`task a waits=b
		 task b waits=a
		 task a
		 task c waits=nobody
		 task d waits=nothing`,
		[]string{
			`a/: cannot have two processes of the name "a"`,
			`c/nobody: cannot wait on "nobody": nobody signals it` + hint,
			`d/: cannot wait on any of nothing: put keys into the inner list, or remove it`,
			`a/: cannot run in a circle: "a" waits on "b" waits on "a"`,
		},
	},
}

func TestBuildReportsEveryProblem(t *testing.T) {
	for _, c := range problemCases {
		t.Run(c.name, func(t *testing.T) { checkProblems(t, c.text, c.want) })
	}
}

var circleCases = []struct {
	name, text string
	want       []string
}{
	{
		"a process that waits on itself",
		`task a waits=a`,
		[]string{`a/: cannot run in a circle: "a" waits on "a"`},
	},
	{
		"on its own failure",
		`task a waits=a.failed`,
		[]string{`a/: cannot run in a circle: "a" waits on "a" (by "a.failed")`},
	},
	{
		"the whole way, from what comes first in the file, without what leads into it",
		`task first waits=c
		 task a waits=c
		 task b waits=a
		 task c waits=b
		 task last waits=c`,
		[]string{`a/: cannot run in a circle: "a" waits on "c" waits on "b" waits on "a"`},
	},
	{
		"by keys that are not the names",
		`task a waits=ready signals=built
		 service b waits=built signals=ready`,
		[]string{`a/: cannot run in a circle: "a" waits on "b" (by "ready") waits on "a" (by "built")`},
	},
	{
		"by a twin",
		`task a waits=b
		 task b waits=a.failed`,
		[]string{`a/: cannot run in a circle: "a" waits on "b" waits on "a" (by "a.failed")`},
	},
	{
		"by one of several alternatives, or of several signallers",
		`external go
		 task a waits=go|shared
		 task b signals=shared
		 task c signals=shared waits=a`,
		[]string{`a/: cannot run in a circle: "a" waits on "c" (by "shared") waits on "a"`},
	},
	{
		"several, each once",
		`task a waits=b
		 task x waits=y
		 task b waits=a
		 task y waits=x
		 task self waits=self,a`,
		[]string{
			`a/: cannot run in a circle: "a" waits on "b" waits on "a"`,
			`x/: cannot run in a circle: "x" waits on "y" waits on "x"`,
			`self/: cannot run in a circle: "self" waits on "self"`,
		},
	},
}

func TestCircles(t *testing.T) {
	for _, c := range circleCases {
		t.Run(c.name, func(t *testing.T) { checkProblems(t, c.text, c.want) })
	}
}

func checkProblems(t *testing.T, text string, want []string) {
	t.Helper()
	g, problems := Build(declare(t, text))
	var got []string
	for _, p := range problems {
		got = append(got, fmt.Sprintf("%s/%s: %s", p.Process, p.Key, p.Text))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if (g == nil) != (len(problems) > 0) {
		t.Errorf("graph %v together with %d problems", g, len(problems))
	}
}

// dump tells all that Build has found out, a line for each point and process.
func dump(g *Graph) string {
	var b strings.Builder
	for _, p := range g.Points() {
		fmt.Fprintf(&b, "%s signalled by %v, waited on by %v", p.Key, g.names(p.Signallers), g.names(p.Waiters))
		if p.External {
			fmt.Fprintf(&b, ", external %s", p.Timeout)
		}
		b.WriteString("\n")
	}
	for i, p := range g.Processes() {
		fmt.Fprintf(&b, "%s waits on", p.Name)
		for _, anyOf := range g.Gate(i) {
			b.WriteString(" [")
			for n, w := range anyOf {
				b.WriteString(strings.Repeat(" ", min(n, 1)) + g.keyOf(w))
			}
			b.WriteString("]")
		}
		fmt.Fprintf(&b, ", signals %v\n", p.Signals)
	}
	return b.String()
}

func (g *Graph) names(of []int) []string {
	names := make([]string, 0, len(of))
	for _, i := range of {
		names = append(names, g.processes[i].Name)
	}
	return names
}

func TestBuildKeepsTheOrderOfTheFile(t *testing.T) {
	g := build(t, `
		task b waits=w|y.failed,go signals=x@started,b@self
		watchpoint w
		service a signals=w,y
		external go timeout=1h
		task c signals=w
		task d waits=x|x,x.failed|a`)
	want := `w signalled by [a c], waited on by [b]
go signalled by [], waited on by [b], external 1h0m0s
b signalled by [b], waited on by []
a signalled by [a], waited on by [d]
c signalled by [c], waited on by []
d signalled by [d], waited on by []
x signalled by [b], waited on by [d]
y signalled by [a], waited on by [b]
b waits on [w y.failed] [go], signals [{b self} {x started}]
a waits on, signals [{a } {w } {y }]
c waits on, signals [{c } {w }]
d waits on [x x] [x.failed a], signals [{d }]
`
	if diff := cmp.Diff(want, dump(g)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
