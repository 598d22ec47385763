package runner

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"wprun/internal/engine"
)

// workshop is a maker that takes a second for each signal, and what it has made.
type workshop struct {
	*maker
	mu    sync.Mutex
	order []string
	told  int
}

func inWorkshop(t *testing.T, story func(w *workshop)) {
	synctest.Test(t, func(t *testing.T) {
		w := &workshop{}
		w.maker = newMaker(func(a engine.Signal) made {
			time.Sleep(time.Second)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.order = append(w.order, a.Keys...)
			return made{keys: a.Keys, answer: engine.Signalled{ID: a.ID, Keys: a.Keys}}
		}, func() { w.told++ })
		var group sync.WaitGroup
		group.Go(func() { _ = w.work() })
		story(w)
		w.close()
		group.Wait()
	})
}

func (w *workshop) leave(keys string) {
	for _, key := range strings.Fields(keys) {
		w.put(engine.Signal{ID: engine.ID{Process: key, Run: 1}, Keys: []string{key}})
	}
}

func (w *workshop) collected() string {
	var keys []string
	for _, m := range w.collect() {
		keys = append(keys, m.keys...)
	}
	return strings.Join(keys, " ")
}

func TestMakerTellsOnceOfAllThatWaits(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		w.leave("a b c")
		time.Sleep(time.Minute)
		if got := w.collected(); got != "a b c" || w.told != 1 {
			t.Errorf("made %q, told %d times", got, w.told)
		}
		w.leave("d")
		time.Sleep(time.Minute)
		if got := w.collected(); got != "d" || w.told != 2 {
			t.Errorf("then made %q, told %d times", got, w.told)
		}
	})
}

// What follows finish may be about the directory that the maker has in hand.
func TestFinishLeavesNothingUnmade(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		for _, keys := range []string{"a b c", "d", ""} {
			w.leave(keys)
			time.Sleep(time.Second / 2) // in the middle of the first
			w.finish()
			if got := w.collected(); got != keys {
				t.Errorf("made %q, want %q", got, keys)
			}
		}
		if !slices.IsSorted(w.order) {
			t.Errorf("made out of order: %v", w.order)
		}
	})
}

func TestClosedMakerMakesNoMore(t *testing.T) {
	inWorkshop(t, func(w *workshop) {
		w.leave("a b c")
		time.Sleep(time.Second / 2)
		w.close()
		time.Sleep(time.Minute)
		if got := w.collected(); got != "a" {
			t.Errorf("made %q, want what was begun", got)
		}
	})
}
