package runner

import (
	"fmt"
	"testing"
	"time"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

func TestUpToDateIsNotRunAndLetsOthersGoOn(t *testing.T) {
	play(t, func(s *stage) {
		s.checked("lib", command{lasts: time.Minute}, verdict{takes: time.Second, current: true})
		s.checked("app", command{lasts: 5 * time.Second}, verdict{takes: 2 * time.Second}, "lib")
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s > begin
			0s lib#0 checking
			0s check lib#1
			1s > current lib#1
			1s lib#1 signalling
			1s create lib
			1s > signalled lib#1 lib
			1s lib#1 up-to-date
			1s app#0 checking
			1s check app#1
			3s > stale app#1 never ran
			3s app#0 waiting (never ran)
			3s app#1 starting
			3s start app#1
			3s > made app#1
			3s > started app#1
			3s app#1 running
			8s > exited app#1 0
			8s app#1 recording
			8s record app#1
			10s > recorded app#1
			10s app#1 signalling
			10s create app
			10s > signalled app#1 app
			10s app#1 succeeded`, all)
	})
}

// What an up-to-date task does not run to make is there all the same.
func TestUpToDateMakesWhatItsCommandWould(t *testing.T) {
	play(t, func(s *stage) {
		s.checked("lib", command{}, verdict{current: true})
		s.processes[0].Signals = []graph.Signal{{Key: "half", When: graph.Self}, {Key: "early", When: graph.AtStart}}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		if got := s.points.all(); !equal(map[string]bool{"lib": true, "half": true, "early": true}, got) {
			t.Errorf("there is only %v", got)
		}
	})
}

func TestWhatCannotBeCheckedOrIsNotLeftBehindHasFailed(t *testing.T) {
	play(t, func(s *stage) {
		s.policy.OnFailure = engine.Continue
		s.checked("a", command{}, verdict{cannot: "no file matches its input"})
		s.checked("b", command{lasts: time.Second, makes: "b"}, verdict{lacks: "its output is missing"})
		code, err := s.run()
		s.expectEnd(code, err, 1, nil)
		s.expect(`
			0s a#1 failed (no file matches its input)
			1s b#1 failed (its output is missing)
			1s remove b`, "failed (", "remove")
	})
}

// A keeper that takes long keeps nobody else, and is not waited for at the end.
func TestNobodyWaitsForACheck(t *testing.T) {
	play(t, func(s *stage) {
		s.policy.Jobs = 1
		s.checked("slow", command{}, verdict{takes: time.Hour})
		s.task("a", command{lasts: time.Second})
		s.task("b", command{lasts: time.Second}, "a")
		s.at(5*time.Second, s.askToStop)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s check slow#1
			1s a#1 succeeded
			2s b#1 succeeded
			5s slow#0 stopped (the run was stopped before it could start)
			5s check slow#1 given up`, "check ", "succeeded", "stopped")
	})
}

// It is told who is being checked when nothing else happens. What a command has to
// tell keeps no check.
func TestSlowCheckIsToldOf(t *testing.T) {
	play(t, func(s *stage) {
		for i := range 8 {
			s.checked(fmt.Sprintf("slow%d", i), command{}, verdict{asks: 15 * time.Second})
		}
		s.checked("a", command{}, verdict{takes: time.Second, current: true})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			1s a#1 up-to-date
			11s slow0 still waits on the keeper
			15s slow0#1 up-to-date`, "a#1 up-to-date", "slow0 still", "slow0#1 up-to-date")
	})
}

func TestFirstStopWaitsForARecordTheSecondDoesNot(t *testing.T) {
	for stops, want := range map[int]string{
		1: "1h0m1s a#1 succeeded",
		2: "3s a#1 stopped",
	} {
		play(t, func(s *stage) {
			s.checked("a", command{lasts: time.Second}, verdict{})
			s.keeper.records = time.Hour
			for i := range stops {
				s.at(time.Duration(i+2)*time.Second, s.askToStop)
			}
			code, err := s.run()
			s.expectEnd(code, err, 0, nil)
			s.expect(want, "succeeded", "a#1 stopped")
		})
	}
}

func TestKeeperRestsInAPause(t *testing.T) {
	play(t, func(s *stage) {
		s.task("first", command{lasts: 2 * time.Second})
		s.checked("a", command{}, verdict{takes: 10 * time.Second, current: true})
		s.checked("b", command{}, verdict{current: true}, "first")
		s.pause(time.Second, time.Minute)
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		// What was under way is found out in the pause, and counts after it.
		s.expect(`
			0s check a#1
			1s pause
			1m1s resume
			1m1s > current a#1
			1m2s check b#1`, "check ", "pause", "resume", "> current a")
	})
}

func TestManyAnswersCome(t *testing.T) {
	play(t, func(s *stage) {
		for i := range 300 { // more than the inbox holds
			s.checked(fmt.Sprintf("t%d", i), command{}, verdict{current: i%2 == 0})
		}
		for name := range s.commands {
			s.commands[name] = command{lasts: time.Second}
		}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
	})
}

func TestTaskIsTriedAgain(t *testing.T) {
	play(t, func(s *stage) {
		s.task("a", command{lasts: time.Second, code: 3, again: &command{lasts: 5 * time.Second}})
		s.policy.Options["a"] = engine.Options{Retries: 2, RetryDelay: time.Minute}
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s start a#1
			1s a#1 backing-off (exit code 3; it is tried again in 1m0s (1 of 2))`, "0s start a#1", "backing-off")
		if pause := s.log.between("backing-off", "start a#2"); pause < 48*time.Second || pause > 72*time.Second {
			t.Errorf("tried again after %s", pause)
		}
	})
}

// The time that an attempt may take ends with it: it takes none from the next,
// nor from the keeper.
func TestTimeOfAnAttempt(t *testing.T) {
	play(t, func(s *stage) {
		s.checked("a", command{deaf: true, again: &command{lasts: 9 * time.Second}}, verdict{})
		s.policy.Options["a"] = engine.Options{Checked: true, Timeout: 10 * time.Second, Grace: 3 * time.Second, Retries: 1}
		s.keeper.records = time.Minute
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			0s start a#1
			10s > fired attempt a#1
			10s terminate a#1
			13s > fired grace a#1
			13s kill a#1`, "start a#1", "fired attempt", "terminate", "fired grace", "kill")
	})
}

func TestPatienceEnds(t *testing.T) {
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}, {Key: "never", External: true}}
		s.policy.OnFailure = engine.Continue
		s.task("a", command{lasts: time.Hour}, "go")
		s.task("b", command{}, "never")
		for _, name := range []string{"a", "b"} {
			s.policy.Options[name] = engine.Options{WaitTimeout: time.Minute}
		}
		s.at(50*time.Second, func() {
			s.points.make("go")
			s.report("go", true)
		})
		code, err := s.run()
		s.expectEnd(code, err, 124, nil)
		s.expect(`
			50s start a#1
			1m0s > fired patience b#0
			1m0s b#0 failed (waited for 1m0s: "never" (somebody outside signals it))`, " start ", "patience", "failed (")
	})
}

// With one job a task that waits, a ready service, a pause and a check hold no
// slot.
func TestOneSlotIsEnough(t *testing.T) {
	play(t, func(s *stage) {
		s.external = []graph.Watchpoint{{Key: "go", External: true}}
		s.policy.Jobs = 1
		s.service("db", command{}, readiness{after: time.Second})
		s.task("flaky", command{lasts: time.Second, code: 1, again: &command{lasts: time.Second}}, "db")
		s.policy.Options["flaky"] = engine.Options{Retries: 1, RetryDelay: time.Hour}
		s.checked("slow", command{lasts: time.Second}, verdict{takes: time.Minute})
		s.task("waits", command{lasts: time.Second}, "go")
		s.task("opens", command{lasts: time.Second, makes: "go"}, "db")
		s.at(4*time.Second, func() { s.report("go", true) })
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			3s opens#1 succeeded
			5s waits#1 succeeded`, "opens#1 succeeded", "waits#1 succeeded")
	})
}

func TestServiceThatNobodyNeedsIsStopped(t *testing.T) {
	play(t, func(s *stage) {
		s.service("db", command{}, readiness{after: time.Second})
		s.task("test", command{lasts: time.Second}, "db")
		s.task("long", command{lasts: time.Minute})
		code, err := s.run()
		s.expectEnd(code, err, 0, nil)
		s.expect(`
			2s terminate db#1
			2s db#1 stopped
			2s remove db
			1m0s long#1 succeeded`, "terminate", "db#1 stopped", "remove", "long#1 succeeded")
	})
}
