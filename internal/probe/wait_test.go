package probe

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

func TestPausesGrowFromTheFirstTryAtOnceToTheInterval(t *testing.T) {
	tests := []struct {
		name     string
		interval time.Duration
		want     []time.Duration
	}{
		{
			"default is a second", 0,
			[]time.Duration{
				0, 5 * time.Millisecond, 7500 * time.Microsecond, 11250 * time.Microsecond, 16875 * time.Microsecond,
				25312500, 37968750, 56953125, 85429687, 128144530, 192216795, 288325192, 432487788, 648731682, 973097523,
				time.Second, time.Second,
			},
		},
		{"an interval below the first pause", 2 * time.Millisecond, []time.Duration{0, 2 * time.Millisecond, 2 * time.Millisecond}},
		{"an interval between", 6 * time.Millisecond, []time.Duration{0, 5 * time.Millisecond, 6 * time.Millisecond, 6 * time.Millisecond}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var pauses []time.Duration
				last := time.Now()
				err := Spec{Interval: tt.interval}.poll(t.Context(), nil, func(context.Context) error {
					pauses = append(pauses, time.Since(last))
					last = time.Now()
					if len(pauses) < len(tt.want) {
						return errors.New("not yet")
					}
					return nil
				})
				if err != nil || !slices.Equal(pauses, tt.want) {
					t.Errorf("error %v, pauses\n%v, want\n%v", err, pauses, tt.want)
				}
			})
		})
	}
}

func TestTheTimeoutSaysWhatCameBackLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		s := Spec{Timeout: 30 * time.Second, Interval: 10 * time.Second}
		tries := 0
		err := s.poll(t.Context(), nil, func(context.Context) error {
			tries++
			return fmt.Errorf("answer %d", tries)
		})
		want := fmt.Sprintf("not ready after 30s: answer %d (%d tries)", tries, tries)
		if err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
		if took := time.Since(start); took != 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestTheTimeoutDefaultsToAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		err := Spec{}.poll(t.Context(), nil, func(context.Context) error { return errors.New("no") })
		if err == nil || time.Since(start) != time.Minute {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

func TestATryThatTheTimeoutCutOffDoesNotHideTheAnswerBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		err := Spec{Timeout: time.Second}.poll(t.Context(), nil, func(ctx context.Context) error {
			if tries++; tries == 1 {
				return errors.New("503")
			}
			<-ctx.Done()
			return errors.New("cut off")
		})
		if want := "not ready after 1s: 503 (2 tries)"; err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
}

func TestTheOnlyTryIsNamedEvenWhenItWasCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := Spec{Timeout: time.Second}.poll(t.Context(), nil, func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("no answer")
		})
		if want := "not ready after 1s: no answer (1 try)"; err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
}

func TestTheCallersEndIsReturnedAsItIs(t *testing.T) {
	for _, kind := range []Kind{Path, Log} {
		t.Run(string(kind), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				s := Spec{Kind: kind, Path: "/nowhere/at/all"}
				if err := s.wait(ctx, Target{}); err != context.DeadlineExceeded {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

func TestNoProbeIsReadyAtOnce(t *testing.T) {
	for _, kind := range []Kind{Started, Self, ""} {
		if err := (Spec{Kind: kind}).wait(t.Context(), Target{}); err != nil {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

func TestAnUnknownKindIsAnError(t *testing.T) {
	if err := (Spec{Kind: "smell"}).wait(t.Context(), Target{}); err == nil {
		t.Error("no error")
	}
}

func TestLogIsReadyByALine(t *testing.T) {
	sent := make(chan struct{}, 1)
	sent <- struct{}{}
	closed := make(chan struct{})
	close(closed)
	for name, matched := range map[string]chan struct{}{"sent": sent, "closed": closed} {
		if err := (Spec{Kind: Log}).wait(t.Context(), Target{Matched: matched}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLogWithoutALine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Spec{Kind: Log, Log: regexp.MustCompile("listening on .*"), Timeout: 5 * time.Second}
		err := s.wait(t.Context(), Target{Matched: make(chan struct{})})
		want := `not ready after 5s: no line of its output matched "listening on .*"`
		if err == nil || err.Error() != want {
			t.Errorf("error %q, want %q", err, want)
		}
	})
}

func TestString(t *testing.T) {
	tests := []struct {
		spec Spec
		want string
	}{
		{Spec{}, "started"},
		{Spec{Kind: Self}, "self"},
		{Spec{Kind: TCP, TCP: ":5432"}, "tcp :5432"},
		{Spec{Kind: HTTP, HTTP: "http://127.0.0.1:8080/healthz"}, "http http://127.0.0.1:8080/healthz"},
		{Spec{Kind: HTTP, HTTP: "http://me:secret@host/"}, "http http://me:xxxxx@host/"},
		{Spec{Kind: Exec, Exec: []string{"pg_isready", "-q"}}, "exec pg_isready -q"},
		{Spec{Kind: Path, Path: "/tmp/sock"}, "path /tmp/sock"},
		{Spec{Kind: Log, Log: regexp.MustCompile("ready")}, `log "ready"`},
		{Spec{Kind: Log}, `log ""`},
	}
	for _, tt := range tests {
		if got := tt.spec.String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
