package runner

import (
	"testing"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

func TestPauseStopsCommandsAndTimeOuts(t *testing.T) {
	play(t, func(s *stage) {
		s.timeout = 40 * time.Second
		s.external = []graph.Watchpoint{{Key: "go", External: true, Timeout: 17 * time.Second}}
		s.task("a", command{lasts: 30 * time.Second})
		s.task("b", command{}, "a", "go")
		s.task("c", command{lasts: time.Hour})
		s.pause(5*time.Second, time.Hour)
		code, err := s.run()
		s.expectEnd(code, err, 124, nil)
		s.expect(`
			5s pause
			1h0m5s resume
			1h0m10s b still waits on "a" (a is running) and "go" (somebody outside signals it)
			1h0m17s > fired outside go
			1h0m17s b#0 blocked (waits on "go", which was not signalled within 17s)
			1h0m30s > exited a#1 0
			1h0m40s > time-is-up`, "pause", "resume", "waits", "fired", "exited a", "time-is-up")
	})
}

func TestGraceStandsStillInAPause(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{deaf: true})
		s.at(time.Second, s.askToStop)
		s.pause(4*time.Second, time.Minute)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s terminate a#1
			3s a#1 is leaving for 2s
			1m5s a#1 is leaving for 4s
			1m7s a#1 is leaving for 6s
			1m9s a#1 is leaving for 8s
			1m11s kill a#1`, "terminate", "leaving for 2s", "leaving for 4s", "leaving for 6s", "leaving for 8s", "kill")
	})
}

// What happens in a pause has its consequences after it.
func TestNothingStartsInAPause(t *testing.T) {
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}}
		s.task("a", command{lasts: time.Second}, "go")
		s.pause(time.Second, time.Minute)
		s.at(30*time.Second, func() {
			s.points.make("go")
			s.report("go", true)
		})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s pause
			1m1s resume
			1m1s > seen go
			1m1s start a#1`, "pause", "resume", "seen", "start a")
	})
}

func TestRequestToStopEndsAPause(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{deaf: true})
		s.at(time.Second, func() { s.askToPause(true) })
		s.at(time.Minute, s.askToStop)
		s.at(61*time.Second, func() { s.askToPause(false) }) // there is none any more
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s pause
			1m0s resume
			1m0s > stop
			1m0s terminate a#1
			1m10s kill a#1`, "pause", "resume", "> stop", "terminate", "kill")
	})
}

func TestPauseInAPauseIsThatPause(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: 10 * time.Second})
		s.pause(time.Second, 10*time.Second)
		s.at(5*time.Second, func() { s.askToPause(true) })
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s pause
			11s resume
			20s > exited a#1 0`, "pause", "resume", "exited")
	})
}

// Timers that fire just before a pause are news that waits for its end, and are
// not set again.
func TestTimerIsNotLostAtTheEdgeOfAPause(t *testing.T) {
	for range 20 {
		play(t, func(s *stage) {
			s.task("a", command{deaf: true})
			s.policy.Options = map[string]engine.Options{"a": {Grace: 5 * time.Second}}
			s.at(time.Second, s.askToStop)
			s.pause(6*time.Second, time.Minute)
			code, err := s.run()
			s.expectEnd(code, err, 0, nil)
			if kills := s.log.with("kill a#1"); kills != "6s kill a#1" && kills != "1m6s kill a#1" {
				t.Errorf("killed: %q", kills)
			}
		})
	}
}

func TestLeavingIsToldUntilAllHaveLeft(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{deaf: true}, readiness{after: time.Second})
		s.service("api", command{deaf: true}, readiness{after: time.Second}, "db")
		s.policy.Options = map[string]engine.Options{"db": {Grace: 5 * time.Second}, "api": {Grace: 3500 * time.Millisecond}}
		s.at(10*time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			10s terminate api#1
			12s api#1 is leaving for 2s
			13.5s kill api#1
			13.5s terminate db#1
			15.5s db#1 is leaving for 2s
			17.5s db#1 is leaving for 4s
			18.5s kill db#1`, "terminate", "leaving", "kill")
	})
}
