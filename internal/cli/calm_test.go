package cli

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// busy makes a watchpoint every while until ctx ends.
func (d *directories) busy(ctx context.Context, while time.Duration) {
	for {
		d.latest.Store(time.Now().UnixNano())
		select {
		case <-ctx.Done():
			return
		case <-time.After(while):
		}
	}
}

func TestWatchingBeginsWhenNothingIsSignalled(t *testing.T) {
	tests := []struct {
		name  string
		while time.Duration // between signals
		after time.Duration
	}{
		{"signals now and then", 10 * time.Second, calm},
		{"signals without end", calm / 5, mostDeaf},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				d, began := &directories{}, time.Now()
				go d.busy(ctx, tt.while)
				synctest.Wait()
				if goesOn := d.awaitCalm(ctx); !goesOn || time.Since(began) != tt.after {
					t.Errorf("%t after %v, want true after %v", goesOn, time.Since(began), tt.after)
				}
				cancel()
			})
		})
	}
}

func TestWatchingDoesNotBeginAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), calm/2)
		defer cancel()
		d, began := &directories{}, time.Now()
		d.latest.Store(began.UnixNano())
		if d.awaitCalm(ctx) || time.Since(began) != calm/2 {
			t.Errorf("watching begins after %v", time.Since(began))
		}
	})
}
