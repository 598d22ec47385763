package runner

import (
	"errors"
	"testing"
	"time"
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
