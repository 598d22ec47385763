package runner

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wprun/internal/engine"
)

func TestWhatAServiceSaysIsTold(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{}, readiness{after: 2 * time.Second, then: []sight{{after: time.Second, text: "loading 40 %"}}})
		s.task("test", command{lasts: 5 * time.Second}, "db")
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect("3s db#1 says loading 40 %", "says")
	})
}

func TestRunGoesOnWithoutItsFiles(t *testing.T) {
	play(t, func(s *stage) {
		s.files = &fakeFiles{fail: errors.New("cannot watch src")}
		s.task("a", command{lasts: 5 * time.Second})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s warning: cannot watch src
			5s a#1 succeeded`, "warning", "succeeded")
	})
}

// What is started has seen no change that is not told of.
func TestRunBeginsWhenItsFilesAreWatched(t *testing.T) {
	for begins, want := range map[time.Duration]string{
		time.Second: "1s start a#1", -1: "2s start a#1", time.Hour: "2s start a#1",
	} {
		play(t, func(s *stage) {
			s.files = &fakeFiles{begins: begins}
			s.task("a", command{lasts: 5 * time.Second})
			code, err := s.run()
			s.expectEnd(code, err, 0, nil)
			s.expect(want, "start a")
		})
	}
}

func TestJitterIsAFifth(t *testing.T) {
	least, most := time.Hour, time.Duration(0)
	for range 10000 {
		d := jitter(10 * time.Second)
		least, most = min(least, d), max(most, d)
	}
	if least < 8*time.Second || most > 12*time.Second || most-least < 3*time.Second {
		t.Errorf("10s became %s to %s", least, most)
	}
}

func TestLoopDoesWhatItIsGiven(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: 5 * time.Second})
		s.at(time.Second, func() { s.do <- func() { s.log.add("done beside %d", len(s.executor.live)) } })
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect("1s done beside 1", "done")
	})
}

// What the machine refuses for the moment is tried again.
func TestBusyStartIsTriedAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second, cannot: &StartError{Code: 125, Err: errors.New("no process is left"), Passing: true}, passes: 100 * time.Millisecond})
		s.task("b", command{lasts: time.Minute})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s > busy a#1 125 no process is left`, "0s > busy", "failed")
	})
}

func TestStartThatStaysBusyFailsWhenNothingElseRuns(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{cannot: &StartError{Code: 125, Err: errors.New("no process is left"), Passing: true}})
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
		if n := strings.Count(s.log.with("> busy"), "\n"); n < 5 {
			t.Errorf("tried %d times", n+1)
		}
	})
}

func TestSignalThatIsHeldUpIsMadeLater(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second})
		s.task("b", command{lasts: time.Second}, "a")
		s.points.cannotCreate["a"] = errPassing
		s.at(2*time.Second, func() { s.points.allow("a") })
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			2.5s create a
			2.5s start b#1`, "create a", "start b", "failed")
	})
}

func TestSignalThatStaysHeldUpIsAFailure(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second})
		s.task("b", command{lasts: time.Second}, "a")
		s.points.cannotCreate["a"] = errPassing
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
		s.expect(`
			6s a#1 failed (work done, not signalled: no space left on device)`, "failed (work")
	})
}

func TestFailedServiceComesBackWithItsWatchpoint(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{lasts: 5 * time.Second, code: 3, again: &command{}}, readiness{after: time.Second})
		s.task("slow", command{lasts: 10 * time.Second})
		s.task("late", command{lasts: time.Second}, "slow", "db")
		s.policy.Options = map[string]engine.Options{"db": {Restart: engine.RestartOnFailure}}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			5s remove db
			10s start late#1
			11s terminate db#2
			11s remove db`, "remove db", "start late", "terminate")
		pause := s.log.between("> exited db#1", "start db#2")
		if pause < 400*time.Millisecond || pause > 600*time.Millisecond {
			t.Errorf("started again after %s", pause)
		}
	})
}

func TestServiceThatIsUnwellIsStartedAgain(t *testing.T) {
	play(t, func(s *stage) {
		id := engine.ID{Process: "db", Run: 1}
		s.service("db", command{}, readiness{after: time.Second, then: []sight{{after: time.Second, event: engine.Unwell{ID: id, Why: "not alive"}}}})
		s.task("test", command{lasts: 10 * time.Second}, "db")
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s start db#1
			2s terminate db#1
			11s terminate db#2`, "start db#1", "terminate")
	})
}

func TestServiceThatIsUnreadyForAWhile(t *testing.T) {
	play(t, func(s *stage) {
		id := engine.ID{Process: "db", Run: 1}
		s.service("db", command{}, readiness{after: time.Second, then: []sight{
			{after: time.Second, event: engine.Unready{ID: id, Why: "reloading"}},
			{after: 5 * time.Second, event: engine.Ready{ID: id}},
		}})
		s.task("slow", command{lasts: 4 * time.Second})
		s.task("late", command{lasts: time.Second}, "slow", "db")
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s create db
			2s remove db
			7s create db
			7s start late#1
			8s remove db`, "create db", "remove db", "start late")
	})
}

func TestTouchedServiceIsStartedAgainAtOnce(t *testing.T) {
	play(t, func(s *stage) {
		s.service("api", command{}, readiness{after: time.Second})
		s.task("test", command{lasts: 10 * time.Second}, "api")
		s.files = &fakeFiles{changes: map[time.Duration]string{5 * time.Second: "api"}}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s start api#1
			5s > touched api api.go
			5s terminate api#1
			5s start api#2
			11s terminate api#2`, "start api", "touched", "terminate")
	})
}

func TestThirdStopWaitsForNobody(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{deaf: true, immortal: true})
		for i := range 3 {
			s.at(time.Duration(i+1)*time.Second, s.askToStop)
		}
		if _, err := s.run(); err != nil {
			t.Error(err)
		}
		s.expect(`
			1s terminate a#1
			2s kill a#1
			3s > stop`, "terminate", "kill", "3s >")
	})
}

func TestWhatCannotBeKilledIsGivenUp(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{deaf: true, immortal: true})
		s.at(time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
		s.expect(`
			1s terminate a#1
			11s kill a#1
			16s a#1 failed (cannot be killed)`, "terminate", "kill a", "failed")
	})
}
