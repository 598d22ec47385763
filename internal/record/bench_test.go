package record

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// many are n tasks of which each has five inputs, two of them shared with others,
// and one output.
func many(b testing.TB, n int) (string, []Task) {
	dir := b.TempDir()
	write := func(path string) string {
		must(b, os.MkdirAll(filepath.Dir(path), 0o777))
		must(b, os.WriteFile(path, []byte(path), 0o666))
		return path
	}
	var tasks []Task
	for i := range n {
		sub := filepath.Join(dir, fmt.Sprintf("part%03d", i/100))
		t := Task{
			Name: fmt.Sprintf("compile-%05d", i), Dir: dir, Env: []string{"LANG=C", "CC=gcc"},
			Command: []string{"gcc", "-O2", "-c", "-o", fmt.Sprintf("out/%05d.o", i), fmt.Sprintf("src/%05d.c", i)},
			Inputs:  []string{filepath.Join(sub, "a.h"), filepath.Join(dir, "all.h")},
		}
		if i%100 == 0 {
			write(t.Inputs[0])
		}
		for k := range 3 {
			t.Inputs = append(t.Inputs, write(filepath.Join(sub, fmt.Sprintf("%05d.%d.c", i, k))))
		}
		t.Outputs = []string{write(filepath.Join(sub, "out", fmt.Sprintf("%05d.o", i)))}
		if i > 0 {
			t.Upstream = []string{tasks[i/2].Name}
		}
		tasks = append(tasks, t)
	}
	write(filepath.Join(dir, "all.h"))
	return dir, tasks
}

func accept(b testing.TB, dir string, tasks []Task) {
	book := Open(dir, "wprun.toml", Machine{})
	must(b, book.Make())
	for _, t := range tasks {
		must(b, book.Accept(context.Background(), t))
	}
}

// checkAll checks with as many goroutines as there are processors.
func checkAll(b testing.TB, book *Book, tasks []Task) {
	var group sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		group.Go(func() {
			for i := w; i < len(tasks); i += workers {
				if v, err := book.Check(context.Background(), tasks[i]); err != nil || !v.Current {
					b.Errorf("%s: %v, %v", tasks[i].Name, v, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// BenchmarkNothingToDo is the no-op run of 10,000 tasks with 50,000 inputs. It
// says what the book holds at its end.
func BenchmarkNothingToDo(b *testing.B) {
	dir, tasks := many(b, 10_000)
	accept(b, dir, tasks)
	checkAll(b, Open(dir, "wprun.toml", Machine{}), tasks) // young stamps settle
	var book *Book
	before := heap()
	for b.Loop() {
		book = Open(dir, "wprun.toml", Machine{})
		checkAll(b, book, tasks)
	}
	b.ReportMetric(float64(heap()-before)/1e6, "MB")
	runtime.KeepAlive(book)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkGlobs is a task with one pattern for 10,000 files.
func BenchmarkGlobs(b *testing.B) {
	dir, tasks := many(b, 3000)
	t := tasks[0]
	t.Inputs = []string{dir + "/**/*.{c,h}"}
	accept(b, dir, []Task{t})
	checkAll(b, Open(dir, "wprun.toml", Machine{}), []Task{t})
	for b.Loop() {
		checkAll(b, Open(dir, "wprun.toml", Machine{}), []Task{t})
	}
}

// BenchmarkRun is what a task costs in the book when it runs.
func BenchmarkRun(b *testing.B) {
	dir, tasks := many(b, 100)
	accept(b, dir, tasks)
	book := Open(dir, "wprun.toml", Machine{})
	for i := 0; b.Loop(); i++ {
		t := tasks[i%len(tasks)]
		t.Because = "forced"
		_, err := book.Check(context.Background(), t)
		must(b, err)
		_, err = book.Begin(t.Name, "run-2")
		must(b, err)
		_, err = book.Commit(context.Background(), t.Name)
		must(b, err)
	}
}
