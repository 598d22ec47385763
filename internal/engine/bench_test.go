package engine

import (
	"fmt"
	"runtime"
	"testing"

	"wprun/internal/graph"
)

const many = 100_000

// shape makes n processes; each waits on what waits returns for it.
func shape(n int, service bool, waits func(i int) [][]string) []graph.Process {
	ps := make([]graph.Process, n)
	for i := range ps {
		ps[i] = graph.Process{Name: name(i), Service: service, WaitsOn: waits(i)}
	}
	return ps
}

func name(i int) string { return fmt.Sprintf("p%06d", i) }

func alone(int) [][]string { return nil }

func inARow(i int) [][]string {
	if i == 0 {
		return nil
	}
	return [][]string{{name(i - 1)}}
}

// conduct answers every action at once until the run is over. Commands exit when
// nothing else is left to do, with code 0 but for those that fail.
func conduct(t testing.TB, g *graph.Graph, p Policy, fails map[string]bool) {
	e := New(g, p)
	todo, next := []Event{Begin{}}, 0
	running := make([]ID, 0, len(g.Processes()))
	for {
		if next == len(todo) {
			if len(running) == 0 {
				t.Fatal("nothing is left to do, and the run is not over")
			}
			id := running[0]
			running = running[1:]
			exit := Exited{ID: id}
			if fails[id.Process] {
				exit.Code = 1
			}
			todo, next = append(todo[:0], exit), 0
		}
		ev := todo[next]
		next++
		for _, a := range e.Step(ev) {
			switch a := a.(type) {
			case Start:
				todo = append(todo, Started{a.ID})
				if i, _ := g.Process(a.ID.Process); !g.Processes()[i].Service {
					running = append(running, a.ID)
				}
			case Check:
				todo = append(todo, Current{ID: a.ID})
			case Probe:
				todo = append(todo, Ready{a.ID})
			case Signal:
				todo = append(todo, Signalled{ID: a.ID, Keys: a.Keys, Turn: a.Turn})
			case Terminate:
				todo = append(todo, Exited{ID: a.ID, Code: 143, Signal: "SIGTERM"})
			case Alone:
				todo = append(todo, Stop{})
			case Finish:
				return
			}
		}
	}
}

func BenchmarkRun(b *testing.B) {
	for _, c := range []struct {
		name      string
		processes []graph.Process
		policy    Policy
		fails     map[string]bool
	}{
		{name: "chain", processes: shape(many, false, inARow)},
		{name: "independent", processes: shape(many, false, alone)},
		{name: "independent, 8 jobs", processes: shape(many, false, alone), policy: Policy{Jobs: 8}},
		{name: "independent, up to date", processes: shape(many, false, alone), policy: checkedAll(many)},
		{name: "chain, up to date", processes: shape(many, false, inARow), policy: checkedAll(many)},
		{name: "services", processes: shape(many/10, true, alone)},
		{name: "services in a chain", processes: shape(many/10, true, inARow)},
		{name: "services, one task", processes: append(
			shape(many/10, true, alone), graph.Process{Name: "test", WaitsOn: every(many / 10)})},
		{
			name: "chain that fails", processes: shape(many/10, false, inARow),
			fails: map[string]bool{name(0): true},
		},
		{
			name: "half fails, 8 jobs", processes: shape(many/10, false, alone),
			policy: Policy{Jobs: 8, OnFailure: Continue}, fails: odd(many / 10),
		},
		{
			name: "all end when one fails", processes: shape(many/10, false, alone),
			policy: Policy{OnFailure: StopRunning}, fails: map[string]bool{name(0): true},
		},
	} {
		b.Run(c.name, func(b *testing.B) {
			g, problems := graph.Build(c.processes, nil)
			if len(problems) > 0 {
				b.Fatal(problems)
			}
			b.ReportAllocs()
			for b.Loop() {
				conduct(b, g, c.policy, c.fails)
			}
			perRun := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(perRun*1e9/float64(len(c.processes)), "ns/process")
		})
	}
}

// TestBytesOfATask has a task take less than 1 KB from Begin to Finish, with what it is
// answered.
func TestBytesOfATask(t *testing.T) {
	const tasks, most = 20_000, 1000
	for name, waits := range map[string]func(int) [][]string{"chain": inARow, "independent": alone} {
		g, problems := graph.Build(shape(tasks, false, waits), nil)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		conduct(t, g, Policy{Jobs: 8}, nil)
		runtime.ReadMemStats(&after)
		if each := (after.TotalAlloc - before.TotalAlloc) / tasks; each > most {
			t.Errorf("%s: %d bytes for each task, want at most %d", name, each, most)
		} else {
			t.Logf("%s: %d bytes for each task", name, each)
		}
	}
}

func checkedAll(n int) Policy {
	p := Policy{Options: map[string]Options{}}
	for i := range n {
		p.Options[name(i)] = Options{Checked: true}
	}
	return p
}

func every(n int) [][]string {
	var gate [][]string
	for i := range n {
		gate = append(gate, []string{name(i)})
	}
	return gate
}

func odd(n int) map[string]bool {
	odd := map[string]bool{}
	for i := 1; i < n; i += 2 {
		odd[name(i)] = true
	}
	return odd
}
