package runner

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"wprun/internal/engine"
)

// office is a desk and what is known of it.
type office struct {
	*desk
	log  *journal
	told atomic.Int32 // how often the loop was called
}

// atDesk runs a story about a desk with some workers, whose keeper takes a
// second for everything; only of x and y a command has to tell, after an hour.
func atDesk(t *testing.T, workers int, story func(o *office)) {
	synctest.Test(t, func(t *testing.T) {
		o := &office{log: &journal{start: time.Now()}}
		verdicts := map[string]verdict{}
		for _, name := range []string{"a", "b", "c", "d"} {
			verdicts[name] = verdict{takes: time.Second}
		}
		for _, name := range []string{"x", "y"} {
			verdicts[name] = verdict{asks: time.Hour}
		}
		o.desk = newDesk(&fakeKeeper{log: o.log, verdicts: verdicts}, func() { o.told.Add(1) })
		var group sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		story(o)
		o.open(ctx, workers, func(f func() error) { group.Go(func() { _ = f() }) })
		time.Sleep(time.Hour)
		cancel()
		o.close()
		group.Wait()
	})
}

func (o *office) expect(t *testing.T, want string) {
	t.Helper()
	want = strings.ReplaceAll(strings.TrimSpace(want), "\t", "")
	if got := o.log.with(""); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestRecordsComeBeforeChecks(t *testing.T) {
	atDesk(t, 1, func(o *office) {
		o.check(engine.Check{ID: engine.ID{Process: "a", Run: 1}})
		o.check(engine.Check{ID: engine.ID{Process: "b", Run: 1}})
		o.record(engine.Record{ID: engine.ID{Process: "c", Run: 1}})
		time.AfterFunc(time.Minute, func() {
			o.expect(t, `
				0s record c#1
				1s check a#1
				2s check b#1`)
		})
	})
}

// What a command has to tell keeps nothing else, not even the next of its kind.
func TestSlowQuestionsHoldUpNothing(t *testing.T) {
	atDesk(t, 1, func(o *office) {
		for i, name := range []string{"x", "y", "a"} {
			time.AfterFunc(time.Duration(i)*time.Minute, func() {
				o.check(engine.Check{ID: engine.ID{Process: name, Run: 1}})
			})
		}
		time.AfterFunc(3*time.Minute, func() {
			o.record(engine.Record{ID: engine.ID{Process: "b", Run: 1}})
		})
		time.AfterFunc(4*time.Minute, func() {
			o.expect(t, `
				0s check x#1
				0s ask x#1
				1m0s check y#1
				1m0s ask y#1
				2m0s check a#1
				3m0s record b#1`)
			if answers := o.collect(); len(answers) != 2 {
				t.Errorf("%v are answered", answers)
			}
		})
	})
}

func TestLoopIsCalledOnceForAllAnswers(t *testing.T) {
	atDesk(t, 2, func(o *office) {
		for _, name := range []string{"a", "b", "c", "d"} {
			o.check(engine.Check{ID: engine.ID{Process: name, Run: 1}})
		}
		time.AfterFunc(time.Minute, func() {
			if told, answers := o.told.Load(), o.collect(); told != 1 || len(answers) != 4 {
				t.Errorf("called %d times for %d answers", told, len(answers))
			}
			o.check(engine.Check{ID: engine.ID{Process: "a", Run: 2}})
		})
		time.AfterFunc(2*time.Minute, func() {
			if told, answers := o.told.Load(), o.collect(); told != 2 || len(answers) != 1 {
				t.Errorf("called %d times, at last for %d answers", told, len(answers))
			}
		})
	})
}

func TestNothingIsTakenInAPause(t *testing.T) {
	atDesk(t, 1, func(o *office) {
		o.pause(true)
		o.check(engine.Check{ID: engine.ID{Process: "a", Run: 1}})
		time.AfterFunc(time.Minute, func() { o.pause(false) })
		time.AfterFunc(2*time.Minute, func() { o.expect(t, "1m0s check a#1") })
	})
}
