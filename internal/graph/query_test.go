package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop has two ways of different length, a service beside them, a task that
// nothing waits on, and an order that is not that of the file.
const shop = `
	external data
	task test waits=api,seed
	service api waits=migrate|mock
	task seed waits=migrate,data
	task migrate waits=db signals=schema
	service db
	service mock
	task lint
	task report waits=test|test.failed,schema,migrate`

func TestLevelsAndHeights(t *testing.T) {
	for _, c := range []struct {
		name, text string
		levels     string // NAME:LEVEL/HEIGHT, in file order
	}{
		{"independent", "task a\ntask b", "a:0/0 b:0/0"},
		{"a chain from the end", "task c waits=b\ntask b waits=a\ntask a", "c:2/0 b:1/1 a:0/2"},
		{"the longest way counts", "task a\ntask b waits=a\ntask c waits=a,b\ntask d waits=c|a", "a:0/3 b:1/2 c:2/1 d:3/0"},
		{"all signallers of a key", "task a\ntask b waits=a signals=k\ntask c signals=k\ntask d waits=k", "a:0/2 b:1/1 c:0/1 d:2/0"},
		{"the outside is no level", "external x\ntask a waits=x", "a:0/0"},
		{"a twin counts as its watchpoint", "task a\ntask b waits=a.failed", "a:0/1 b:1/0"},
		{"a shop", shop, "test:3/1 api:2/2 seed:2/2 migrate:1/3 db:0/4 mock:0/3 lint:0/0 report:4/0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, c.text)
			var got []string
			for i, p := range g.Processes() {
				got = append(got, fmt.Sprintf("%s:%d/%d", p.Name, g.Level(i), g.Height(i)))
			}
			if diff := cmp.Diff(c.levels, strings.Join(got, " ")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLevelsListsInFileOrder(t *testing.T) {
	g := build(t, shop)
	var got []string
	for _, level := range g.Levels() {
		got = append(got, strings.Join(g.names(level), " "))
	}
	want := []string{"db mock lint", "migrate", "api seed", "test", "report"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCriticalPath(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "external x", ""},
		{"one", "task a\ntask b", "a"},
		{"the longest", "task a\ntask b waits=a\ntask x\ntask y waits=x\ntask z waits=y", "x y z"},
		{"of equals the first in the file", "task d waits=b|c\ntask c waits=a\ntask b waits=a\ntask x\ntask a", "a c d"},
		{"from its start, whatever the order of the file", shop, "db migrate api test report"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := build(t, c.text)
			if got := strings.Join(g.names(g.CriticalPath()), " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestNeighbours(t *testing.T) {
	g := build(t, shop)
	for _, c := range []struct{ name, needs, dependants, closure string }{
		{"db", "", "migrate", "db"},
		{"migrate", "db", "api seed report", "migrate db"},
		{"api", "migrate mock", "test", "api migrate db mock"},
		{"test", "api seed", "report", "test api seed migrate db mock"},
		{"report", "test migrate", "", "test api seed migrate db mock report"},
		{"lint", "", "", "lint"},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, ok := g.Process(c.name)
			if !ok {
				t.Fatal("unknown")
			}
			var closure []int
			for p, in := range g.Closure([]int{i, i}) {
				if in {
					closure = append(closure, p)
				}
			}
			for what, pair := range map[string][2]string{
				"needs":      {c.needs, strings.Join(g.names(g.Needs(i)), " ")},
				"dependants": {c.dependants, strings.Join(g.names(g.Dependants(i)), " ")},
				"closure":    {c.closure, strings.Join(g.names(closure), " ")},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[1], pair[0])
				}
			}
		})
	}
	if got := strings.Join(g.names(g.Sinks()), " "); got != "lint report" {
		t.Errorf("sinks: %q", got)
	}
}

func TestUnknownNames(t *testing.T) {
	g := build(t, shop)
	if _, ok := g.Process("schema"); ok {
		t.Error("a key is taken for a process")
	}
	if _, ok := g.Point("db.failed"); ok {
		t.Error("a twin has a point of its own")
	}
	if i, ok := g.Point("schema"); !ok || g.Points()[i].Key != "schema" {
		t.Error("a key has no point")
	}
}

func TestPartIsWhatItsProcessesNeed(t *testing.T) {
	g := build(t, shop)
	seed, _ := g.Process("seed")
	part := g.Part([]int{seed})
	want := `data signalled by [], waited on by [seed], external 0s
seed signalled by [seed], waited on by []
migrate signalled by [migrate], waited on by [seed]
db signalled by [db], waited on by [migrate]
schema signalled by [migrate], waited on by []
seed waits on [migrate] [data], signals [{seed }]
migrate waits on [db], signals [{migrate } {schema }]
db waits on, signals [{db }]
`
	if diff := cmp.Diff(want, dump(part)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := strings.Join(part.names(part.CriticalPath()), " "); got != "db migrate seed" {
		t.Errorf("critical path: %q", got)
	}
}
