package probe

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// pauses is a run that is paused now and then.
type pauses struct {
	start time.Time
	spans [][2]time.Duration // from, to
}

func pausedAt(spans ...[2]time.Duration) *pauses {
	return &pauses{start: time.Now(), spans: spans}
}

func (p *pauses) total() time.Duration {
	now := time.Since(p.start)
	var sum time.Duration
	for _, s := range p.spans {
		sum += max(0, min(now, s[1])-s[0])
	}
	return sum
}

func TestATimeLimitWaitsForTheRun(t *testing.T) {
	const s = time.Second
	tests := []struct {
		name  string
		spans [][2]time.Duration
		want  time.Duration
	}{
		{"no pause", nil, 10 * s},
		{"one pause", [][2]time.Duration{{4 * s, 7 * s}}, 13 * s},
		{"two pauses", [][2]time.Duration{{1 * s, 2 * s}, {9 * s, 11 * s}}, 13 * s},
		{"a pause in the time made up for another", [][2]time.Duration{{1 * s, 3 * s}, {11 * s, 60 * s}}, 61 * s},
		{"a pause after", [][2]time.Duration{{11 * s, 12 * s}}, 10 * s},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := clock(pausedAt(tt.spans...).total)
				if !c.sleep(t.Context(), 10*s) || time.Since(start) != tt.want {
					t.Errorf("slept %v, want %v", time.Since(start), tt.want)
				}
			})
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				c := clock(pausedAt(tt.spans...).total)
				ctx, cancel := c.limit(t.Context(), 10*s)
				defer cancel()
				<-ctx.Done()
				if time.Since(start) != tt.want {
					t.Errorf("limited to %v, want %v", time.Since(start), tt.want)
				}
			})
		})
	}
}

// A limit that falls right into a pause is not looked at without a rest.
func TestAPauseIsWaitedForAtEase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looked atomic.Int32
		p := pausedAt([2]time.Duration{9999 * time.Millisecond, 70 * time.Second})
		clock(func() time.Duration {
			looked.Add(1)
			return p.total()
		}).sleep(t.Context(), 10*time.Second)
		if n := looked.Load(); n > 1000 {
			t.Errorf("looked %d times", n)
		}
	})
}

func TestTheWaitForReadinessStandsStillInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := clock(pausedAt([2]time.Duration{10 * time.Second, 110 * time.Second}).total)
		err := Spec{Timeout: 30 * time.Second}.poll(t.Context(), c, func(context.Context) error { return errors.New("no") })
		if err == nil || time.Since(start) != 130*time.Second {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}

// A service that cannot answer because it is paused is not given up, nor asked
// all the while.
func TestATryStandsStillInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		c := clock(pausedAt([2]time.Duration{time.Second, time.Minute}).total)
		tries := 0
		err := Spec{}.poll(t.Context(), c, func(ctx context.Context) error {
			tries++
			answer := time.NewTimer(61 * time.Second)
			defer answer.Stop()
			select {
			case <-answer.C:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if err != nil || tries != 1 || time.Since(start) != 61*time.Second {
			t.Errorf("error %v after %v, %s", err, time.Since(start), count(tries))
		}
	})
}

func TestASlowAnswerGetsThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := Spec{}.poll(t.Context(), nil, func(ctx context.Context) error {
			answer := time.NewTimer(8 * time.Second)
			defer answer.Stop()
			select {
			case <-answer.C:
				return nil
			case <-ctx.Done():
				return errors.New("no answer")
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// One that swallowed the first try while it was starting answers the next.
func TestATryThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tries := 0
		err := Spec{}.poll(t.Context(), nil, func(ctx context.Context) error {
			if tries++; tries == 1 {
				<-ctx.Done()
				return errors.New("no answer")
			}
			return nil
		})
		if err != nil || time.Since(start) != patience+firstPause {
			t.Errorf("error %v after %v", err, time.Since(start))
		}
	})
}
