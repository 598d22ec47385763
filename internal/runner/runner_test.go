package runner

import (
	"errors"
	"testing"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

const all = "" // every line of the journal

func TestMinuteAndGraceTakeNoTimeAndEndOnTheSecond(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{deaf: true}, readiness{after: 2 * time.Second})
		s.task("test", command{lasts: time.Minute}, "db")
		s.policy.Options = map[string]engine.Options{"db": {Grace: 5 * time.Second}}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s > begin
			0s db#1 starting
			0s start db#1
			0s > made db#1
			0s > started db#1
			0s db#1 running
			2s > ready db#1
			2s db#1 ready
			2s create db
			2s > signalled db#1 db
			2s test#1 starting
			2s start test#1
			2s > made test#1
			2s > started test#1
			2s test#1 running
			1m2s > exited test#1 0
			1m2s test#1 signalling
			1m2s create test
			1m2s > signalled test#1 test
			1m2s test#1 succeeded
			1m2s db#1 stopping
			1m2s terminate db#1
			1m4s db#1 is leaving for 2s
			1m6s db#1 is leaving for 4s
			1m7s > fired grace db#1
			1m7s kill db#1
			1m7s > exited db#1 137 SIGKILL
			1m7s db#1 stopped
			1m7s remove db`, all)
	})
}

func TestOwnSignalIsReportedBeforeTheExit(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second, makes: "half"}).Signals = []graph.Signal{{Key: "half", When: graph.Self}}
		s.task("b", command{lasts: time.Second}, "half")
		s.at(1500*time.Millisecond, func() { s.report("half", true) }) // the watcher is late
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s > seen half
			1s > exited a#1 0
			1s a#1 succeeded
			2s > exited b#1 0
			2s b#1 succeeded`, "seen", "exited", "succeeded")
	})
}

func TestReportsAreLookedAtBeforeTheyCount(t *testing.T) {
	for _, c := range []struct {
		name string
		here bool
		says []bool
		want string
	}{
		{"there as reported", true, []bool{true}, "1s > seen go"},
		{"gone again when it is reported", false, []bool{true}, ""},
		{"back again when it is reported gone", true, []bool{false}, "1s > seen go"},
		{"reported again and again", true, []bool{true, false, true, true}, "1s > seen go"},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.external = []graph.Watchpoint{{Key: "go", External: true}}
				s.task("a", command{lasts: time.Second}, "go")
				s.task("b", command{lasts: 5 * time.Second})
				s.at(time.Second, func() {
					s.points.put("go", c.here)
					for _, present := range c.says {
						s.report("go", present)
					}
				})
				s.at(20*time.Second, s.askToStop)
				if _, err := s.run(); err != nil {
					t.Error(err)
				}
				s.expect(c.want, "seen", "gone")
			})
		})
	}
}

func TestWatchpointThatGoesIsReported(t *testing.T) {
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}}
		s.task("slow", command{lasts: 5 * time.Second})
		s.task("a", command{lasts: time.Second}, "go", "slow")
		for i, here := range []bool{true, false, true} {
			s.at(time.Duration(2*i+1)*time.Second, func() {
				s.points.put("go", here)
				s.report("go", here)
			})
		}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s > seen go
			3s > gone go
			5s > seen go
			5s start a#1`, "seen", "gone", "start a#1")
	})
}

func TestStopTwiceKills(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{deaf: true}, readiness{after: time.Second})
		s.task("test", command{deaf: true}, "db")
		s.at(3*time.Second, s.askToStop)
		s.at(5*time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			3s > stop
			3s terminate test#1
			5s > stop
			5s kill db#1
			5s kill test#1
			5s > exited db#1 137 SIGKILL
			5s > exited test#1 137 SIGKILL`, "> stop", "terminate", "kill", "exited")
	})
}

// A thousand open gates keep out other news no longer than one start.
func TestNewsIsHeardBetweenStarts(t *testing.T) {
	play(t, func(s *stage) {
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			s.task(name, command{startTakes: time.Second})
		}
		s.at(1500*time.Millisecond, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s start a#1
			1s start b#1
			2s start c#1
			3s > stop`, " start ", "> stop")
	})
}

func TestTimeoutOfTheRun(t *testing.T) {
	play(t, func(s *stage) {
		s.timeout = 30 * time.Second
		s.task("a", command{lasts: time.Hour})
		code, err := s.run()
		s.expectEnd(code, err, 124, nil)
		s.expect(`
			30s > time-is-up
			30s a#1 stopping
			30s terminate a#1
			30s > exited a#1 143 SIGTERM
			30s a#1 stopped
			30s remove a`, "30s")
	})
}

func TestSaysWhoWaitsWhenNothingHappens(t *testing.T) {
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}, {Key: "other", External: true}}
		s.task("a", command{lasts: 45 * time.Second})
		s.task("b", command{lasts: time.Minute}, "a")
		s.task("c", command{lasts: time.Second}, "other", "go")
		s.at(27*time.Second, func() { // something happens: no line at 30 s
			s.points.make("other")
			s.report("other", true)
		})
		s.at(38*time.Second, func() {
			s.points.make("go")
			s.report("go", true)
		})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			10s b still waits on "a" (a is running)
			10s c still waits on "other" (somebody outside signals it) and "go" (somebody outside signals it)
			20s b still waits on "a" (a is running)
			20s c still waits on "other" (somebody outside signals it) and "go" (somebody outside signals it)
			37s b still waits on "a" (a is running)
			37s c still waits on "go" (somebody outside signals it)`, "still waits")
	})
}

func TestProbeEndsWithItsService(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{}, readiness{})
		s.task("test", command{}, "db")
		s.at(3*time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			3s > stop
			3s probe db#1 given up`, "> stop", "probe", "ready")
	})
	play(t, func(s *stage) {
		s.service("db", command{lasts: 2 * time.Second, code: 3}, readiness{})
		s.task("long", command{lasts: time.Minute})
		code, err := s.run()
		s.expectEnd(code, err, 3, nil)
		s.expect("2s probe db#1 given up", "probe", "ready") // and not at the end
	})
}

func TestProbeThatFailsFailsItsService(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{}, readiness{after: 4 * time.Second, cannot: errors.New("connection refused")})
		s.task("test", command{}, "db")
		s.task("long", command{lasts: time.Minute})
		code, err := s.run()
		s.expectEnd(code, err, 124, nil)
		s.expect(`
			4s > not-ready db#1 connection refused
			4s terminate db#1
			4s db#1 failed (connection refused)`, "not-ready", "terminate", "failed (", "fired")
	})
}

func TestStartErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		code int
	}{
		{"with a code", &StartError{Code: 127, Err: errors.New("no such program")}, 127},
		{"with a code further in", errors.Join(&StartError{Code: 126, Err: errors.New("no such program")}), 126},
		{"without a code", errors.New("no such program"), 125},
	} {
		t.Run(c.name, func(t *testing.T) {
			play(t, func(s *stage) {
				s.task("a", command{cannot: c.err})
				code, err := s.run()
				s.expectEnd(code, err, c.code, nil)
				s.expect("0s a#1 failed (no such program)", "failed (")
			})
		})
	}
}

func TestDirectoriesThatCannotBeMade(t *testing.T) {
	full := errors.New("no space left on device")
	play(t, func(s *stage) {
		s.points.cannotCreate["a"] = full
		s.task("a", command{lasts: time.Second})
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
		s.expect(`
			1s > signal-failed a#1 a no space left on device
			1s remove a
			1s create a.failed`, "> signal", "create", "remove")
	})
	play(t, func(s *stage) { // a twin or a leftover is no reason to fail anybody
		s.points.cannotCreate["a.failed"] = full
		s.points.cannotRemove["a"] = errors.New("read-only file system")
		s.task("a", command{lasts: time.Second, code: 7})
		s.task("rescue", command{lasts: time.Second}, "a.failed")
		code, err := s.run()
		s.expectEnd(code, err, 7, nil)
		s.expect(`
			1s warning: read-only file system
			1s warning: no space left on device
			2s rescue#1 succeeded`, "warning", "succeeded")
	})
}

func TestAfterAFailureOnlyWhatWasEarnedIsThere(t *testing.T) {
	play(t, func(s *stage) {
		s.task("good", command{lasts: time.Second})
		s.task("bad", command{lasts: 2 * time.Second, code: 1, makes: "bad"}, "good")
		s.task("after", command{lasts: time.Second}, "bad")
		code, err := s.run()
		s.expectEnd(code, err, 1, nil)
		want := map[string]bool{"good": true, "bad.failed": true, "after.failed": true}
		if got := s.points.all(); !equal(got, want) {
			t.Errorf("there is %v, want %v", got, want)
		}
	})
}

// The watcher tells of what the run has done itself, too; that is no news.
func TestOwnDeedsAreNoNews(t *testing.T) {
	play(t, func(s *stage) {
		s.task("good", command{lasts: time.Second})
		s.task("bad", command{lasts: 2 * time.Second, code: 1, makes: "bad"})
		s.task("long", command{lasts: time.Minute})
		for after := range 10 {
			s.at(time.Duration(after)*time.Second+time.Millisecond, func() {
				for _, key := range []string{"good", "bad", "bad.failed"} {
					s.report(key, s.points.Exists(key))
				}
			})
		}
		code, err := s.run()
		s.expectEnd(code, err, 1, nil)
		s.expect("", "seen", "gone")
	})
}

func equal(a, b map[string]bool) bool {
	for key := range a {
		if !b[key] {
			return false
		}
	}
	return len(a) == len(b)
}

// A command makes a watchpoint and fails. The exit and the news of the directory
// come together; by the time the news has its turn, the loop has removed it.
func TestWhatTheLoopHasRemovedIsNoNews(t *testing.T) {
	play(t, func(s *stage) {
		k := []graph.Signal{{Key: "k"}}
		s.policy.OnFailure = engine.Continue
		s.task("a", command{lasts: time.Second, makes: "k", code: 1}).Signals = k
		s.task("b", command{lasts: 5 * time.Second, code: 1}).Signals = k
		s.task("busy", command{startTakes: 2 * time.Second, lasts: time.Second})
		s.task("c", command{lasts: time.Second}, "k")
		s.at(time.Second, func() { s.report("k", true) })
		code, err := s.run()
		s.expectEnd(code, err, 1, nil)
		if started := s.log.with("start c"); started != "" {
			t.Errorf("c was started on a watchpoint that nobody had earned:\n%s", started)
		}
	})
}

// A start that fails takes time too, in which a request to stop may come.
func TestNewsIsHeardBetweenFailingStarts(t *testing.T) {
	play(t, func(s *stage) {
		s.policy.OnFailure = engine.Continue
		for _, name := range []string{"a", "b", "c", "d"} {
			s.task(name, command{startTakes: time.Second, cannot: errors.New("no more processes")})
		}
		s.at(1500*time.Millisecond, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 125, nil)
		if started := s.log.with("start d"); started != "" {
			t.Errorf("the stop was not heard:\n%s", started)
		}
	})
}
