package files

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// grow makes a file longer in one step; its time may stay the same.
func grow(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	must(t, err)
	_, err = f.WriteString("x")
	must(t, err)
	must(t, f.Close())
}

// TestOneCallForOneBurst saves a file as editors do: over and over, by way of
// another name, with a pause.
func TestOneCallForOneBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		file, temp := filepath.Join(dir, "x"), filepath.Join(dir, "x.tmp")
		grow(t, file)
		s, _ := start(t, []Set{{"a", []string{dir + "/*"}}, {"b", []string{dir + "/x"}}}, refusing, exactly)
		for round := 1; round <= 3; round++ {
			for range 4 {
				must(t, os.WriteFile(temp, make([]byte, 10*round+1), 0o666))
				must(t, os.Rename(temp, file))
				time.Sleep(90 * time.Millisecond)
				grow(t, file)
			}
			time.Sleep(5 * time.Second)
			synctest.Wait()
			want := []string{"a " + file, "b " + file}
			if got := s.all()[2*(round-1):]; !slices.Equal(got, want) {
				t.Fatalf("round %d: told %q, want %q", round, got, want)
			}
		}
	})
}

// TestBurstsEnd gives hints at some times, in ms, and expects bursts to end at
// others.
func TestBurstsEnd(t *testing.T) {
	var often []int
	for at := 0; at < 2500; at += 70 {
		often = append(often, at)
	}
	for _, c := range []struct{ hints, ends []int }{
		{[]int{0}, []int{100}},
		{[]int{0, 60, 120, 180}, []int{280}},
		{[]int{0, 150, 300}, []int{100, 250, 400}},
		{often, []int{1000, 2050, 2550}},
	} {
		var b burst
		var ends []int
		zero := time.Now()
		ms := func(n int) time.Time { return zero.Add(time.Duration(n) * time.Millisecond) }
		for _, at := range append(c.hints, 10000) {
			if b.open && !ms(at).Before(b.end()) {
				ends = append(ends, int(b.end().Sub(zero).Milliseconds()))
				b.open = false
			}
			b.hint(ms(at))
		}
		if !slices.Equal(ends, c.ends) {
			t.Errorf("hints at %v end bursts at %v, want %v", c.hints, ends, c.ends)
		}
	}
}

// TestEndlessChangeIsToldEachSecond changes a file all the time where no event
// comes.
func TestEndlessChangeIsToldEachSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "x")
		s, _ := start(t, one(file), refusing, exactly)
		for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(50 * time.Millisecond) {
			grow(t, file)
		}
		synctest.Wait()
		if n := len(s.all()); n < 7 || n > 10 {
			t.Errorf("told %d times within 10 s", n)
		}
	})
}

func TestNoNewsIfAllIsAsBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "x")
		grow(t, file)
		s, _ := start(t, one(dir+"/*"), refusing, exactly)
		must(t, os.Rename(file, file+".away"))
		time.Sleep(120 * time.Millisecond)
		must(t, os.Rename(file+".away", file))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if told := s.all(); len(told) > 0 {
			t.Errorf("told %q", told)
		}
	})
}

// TestScansRest counts the looks at a tree in which nothing happens, and has the
// tree cost so much that a look takes 200 ms.
func TestScansRest(t *testing.T) {
	for _, c := range []struct {
		cost        time.Duration
		least, most uint64
	}{{0, 50, 80}, {200 * time.Millisecond, 12, 15}} {
		synctest.Test(t, func(t *testing.T) {
			dir := t.TempDir()
			_, w := start(t, one(dir+"/*"), refusing, exactly, func(w *watcher) {
				w.list = func(dir string) ([]os.DirEntry, error) {
					time.Sleep(c.cost)
					return list(dir)
				}
			})
			time.Sleep(time.Minute)
			synctest.Wait()
			if w.pass < c.least || w.pass > c.most {
				t.Errorf("looks of %v: %d within a minute, want %d to %d", c.cost, w.pass, c.least, c.most)
			}
		})
	}
}

func TestFileSystemThatHangsDoesNotKeepWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		w, err := newWatcher(one(filepath.Join(t.TempDir(), "*")))
		must(t, err)
		refusing(w)
		w.list = func(string) ([]os.DirEntry, error) {
			<-release
			return nil, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began := time.Now()
		must(t, w.watch(ctx, func(string) {}, func(string, string) {}))
		if took := time.Since(began); took > time.Minute+closeLimit {
			t.Errorf("ended after %v", took)
		}
	})
}
