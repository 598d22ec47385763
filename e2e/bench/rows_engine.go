package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

func engineRows(s size) []row {
	var rows []row
	for _, words := range []string{"a chain", "independent"} {
		name := fmt.Sprintf("engine only: %s tasks, %s", count(s.engine), words)
		rows = append(rows, newRow(name, "s", atMost(0.3)), newRow(name+", memory a task", "KB", under(1)))
	}
	return rows
}

// measureEngine times the engine from Begin to Finish, with all its answers at
// hand. Memory is all that was allocated for it, the engine's making and the
// events included.
func (l *lab) measureEngine(ctx context.Context, rows []row) {
	var contenders []contender
	for i, w := range []workload{chain(l.engine), independent(l.engine)} {
		g, err := graphOf(w)
		for k, of := range []func(cost) float64{
			func(c cost) float64 { return c.took.Seconds() },
			func(c cost) float64 { return float64(c.bytes) / 1000 / float64(len(w)) },
		} {
			contenders = append(contenders, contender{
				column: colWprun, into: rows[2*i+k : 2*i+k+1],
				prove: func(context.Context) error { return err },
				run: func(context.Context) (float64, error) {
					c, err := conduct(g)
					return of(c), err
				},
			})
		}
	}
	l.alternate(ctx, contenders)
}

func graphOf(w workload) (*graph.Graph, error) {
	processes := make([]graph.Process, len(w))
	for i, n := range w {
		processes[i].Name = n.name
		for _, need := range w.needNames(i) {
			processes[i].WaitsOn = append(processes[i].WaitsOn, []string{need})
		}
	}
	g, problems := graph.Build(processes, nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("cannot build the graph: %v", problems[0])
	}
	return g, nil
}

// cost is what a run of the engine took.
type cost struct {
	took  time.Duration // from Begin to Finish
	bytes uint64        // allocated, with the engine's making
}

// conduct answers every action at once, as if each command succeeded, until the
// run is over.
func conduct(g *graph.Graph) (cost, error) {
	tasks := len(g.Processes())
	// Of each task a start, an exit and a signal.
	todo := make([]engine.Event, 0, 3*tasks+1)
	runtime.GC()
	before := allocated()
	e := engine.New(g, engine.Policy{})
	start := time.Now()
	todo = append(todo, engine.Begin{})
	for next := 0; next < len(todo); next++ {
		for _, a := range e.Step(todo[next]) {
			switch a := a.(type) {
			case engine.Start:
				todo = append(todo, engine.Started{ID: a.ID}, engine.Exited{ID: a.ID})
			case engine.Signal:
				todo = append(todo, engine.Signalled{ID: a.ID, Keys: a.Keys, Turn: a.Turn})
			case engine.Finish:
				c := cost{took: time.Since(start), bytes: allocated() - before}
				return c, checkAnswers(len(todo), 3*tasks+1)
			}
		}
		todo[next] = nil
	}
	return cost{}, errors.New("cannot trust the engine: nothing is left to do, and the run is not over")
}

// allocated is all that this program has allocated so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func checkAnswers(got, want int) error {
	if got != want {
		return fmt.Errorf("cannot trust the engine: it took %d events, not %d", got, want)
	}
	return nil
}
