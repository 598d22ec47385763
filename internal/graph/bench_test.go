package graph

import (
	"fmt"
	"testing"
)

// wide makes n tasks, of which each waits on up to ten that come before it.
func wide(n int) []Process {
	ps := make([]Process, n)
	for i := range ps {
		ps[i].Name = fmt.Sprintf("task-%06d", i)
		for e := 1; e <= 10 && e*e <= i; e++ {
			ps[i].WaitsOn = append(ps[i].WaitsOn, []string{ps[i-e*e].Name})
		}
	}
	return ps
}

// 100,000 tasks and a million edges.
func BenchmarkBuild(b *testing.B) {
	ps := wide(100_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := Build(ps, nil); problems != nil {
			b.Fatal(problems)
		}
	}
}

// 50,000 signallers and 50,000 waiters of one key cost their sum.
func BenchmarkBuildOneKey(b *testing.B) {
	ps := make([]Process, 100_000)
	for i := range ps {
		ps[i].Name = fmt.Sprintf("task-%06d", i)
		if i%2 == 0 {
			ps[i].Signals = []Signal{{Key: "all"}}
		} else {
			ps[i].WaitsOn = [][]string{{"all"}}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		g, problems := Build(ps, nil)
		if problems != nil {
			b.Fatal(problems)
		}
		g.Closure(g.Sinks())
	}
}

func BenchmarkQueries(b *testing.B) {
	g, _ := Build(wide(100_000), nil)
	b.ReportAllocs()
	for b.Loop() {
		g.CriticalPath()
		g.Sinks()
		g.Closure(g.Sinks())
	}
}
