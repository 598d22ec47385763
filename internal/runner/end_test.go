package runner

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

func TestRunWithoutWatcherEndsWithItsError(t *testing.T) {
	blind := errors.New("cannot watch")
	play(t, func(s *stage) {
		s.task("a", command{})
		s.at(5*time.Second, func() { s.points.fail <- blind })
		code, err := s.run()
		s.expectEnd(code, err, 0, blind)
		s.expect(`
			5s > stop
			5s terminate a#1
			5s a#1 stopped`, "> stop", "terminate", "stopped")
	})
}

// The end after the watcher has failed is an end like any other: patience is
// limited, and a second request kills.
func TestEndWithoutWatcherIsConductedAsUsual(t *testing.T) {
	blind := errors.New("cannot watch")
	for range 20 { // a message that may be lost is lost one time in two
		play(t, func(s *stage) {
			s.task("patient", command{deaf: true})
			s.task("short", command{deaf: true})
			s.policy.Options = map[string]engine.Options{"patient": {Grace: time.Hour}}
			s.at(5*time.Second, func() { s.points.fail <- blind })
			s.at(17*time.Second, s.askToStop)
			code, err := s.run()
			s.expectEnd(code, err, 0, blind)
			s.expect(`
				5s > stop
				15s kill short#1
				17s > stop
				17s kill patient#1`, "> stop", "kill")
		})
	}
}

func TestEndOfTheContextAsksForTheEndOfTheRun(t *testing.T) {
	play(t, func(s *stage) {
		ctx, cancel := context.WithCancel(s.ctx)
		s.ctx = ctx
		s.task("a", command{deaf: true})
		s.at(3*time.Second, cancel)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			3s > stop
			3s terminate a#1
			13s kill a#1`, "> stop", "terminate", "kill")
	})
}

// What Run has started it waits for.
func TestNothingGoesOnAfterTheRun(t *testing.T) {
	play(t, func(s *stage) {
		s.executor.wakeTakes = time.Second
		s.points.lingers = 3 * time.Second
		s.service("db", command{deaf: true}, readiness{lingers: 30 * time.Second})
		s.at(time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		if took := time.Since(s.log.start); took != 31*time.Second {
			t.Errorf("Run returned after %s", took)
		}
	})
	play(t, func(s *stage) { // the last message is that of a timer
		s.executor.wakeTakes = time.Second
		s.task("a", command{deaf: true})
		s.at(time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect("11s kill a#1", "kill")
	})
}

// News that comes after the last action is not sent, and keeps nobody.
func TestSendersAreLetGoAtTheEnd(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		for range 1000 { // more than the inbox holds
			s.points.report([]Change{{"a", true}})
		}
	})
	play(t, func(s *stage) { // they come while the last thing is done, and nobody takes them
		s.task("a", command{startTakes: time.Second, cannot: errors.New("no such program")})
		for range 1000 {
			s.at(time.Millisecond, func() { s.report("a", true) })
		}
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
	})
}

func TestBurstOfNewsDoesNotBlock(t *testing.T) {
	const burst = 10000
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}}
		for i := range 5 {
			s.task(fmt.Sprint("before", i), command{lasts: 2 * time.Second})
		}
		s.task("a", command{lasts: time.Second}, "go")
		done := make(chan struct{}, 4)
		for range cap(done) {
			s.at(time.Second, func() {
				for i := range burst / cap(done) {
					s.points.put("go", i%2 == 0)
					s.report("go", i%2 == 0)
				}
				s.points.make("go")
				s.report("go", true)
				done <- struct{}{}
			})
		}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		for range cap(done) {
			<-done
		}
		s.expect("2s a#1 succeeded", "a#1 succeeded")
	})
}

func TestThousandsOfExitsAtOnce(t *testing.T) {
	const tasks = 2000
	play(t, func(s *stage) {
		for i := range tasks {
			s.task(fmt.Sprint("t", i), command{lasts: time.Minute})
		}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		if n := strings.Count(s.log.with("succeeded"), "1m0s"); n != tasks {
			t.Errorf("%d of %d succeeded after a minute", n, tasks)
		}
	})
}
