package probe

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// hearing writes down, with the time, what a probe reports.
type hearing struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (h *hearing) report() Report {
	to := func(word string) func(string) {
		return func(text string) {
			h.mu.Lock()
			defer h.mu.Unlock()
			line := fmt.Sprintf("%v %s", time.Since(h.start), word)
			if text != "" {
				line += ": " + text
			}
			h.lines = append(h.lines, line)
		}
	}
	return Report{Ready: to("ready"), Unready: to("unready"), NotReady: to("not ready"), Unwell: to("unwell"), Status: to("status")}
}

func (h *hearing) expect(t *testing.T, want ...string) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if diff := cmp.Diff(want, h.lines); diff != "" {
		t.Errorf("reported (-want +got):\n%s", diff)
	}
}

// said is what a service says, and when.
type said struct {
	at   time.Duration
	text string
}

// hear follows a service for so long.
func hear(t *testing.T, s Spec, target Target, alive Alive, lasts time.Duration, all ...said) *hearing {
	t.Helper()
	s.Kind = Notify
	messages := make(chan string)
	target.Notify = messages
	h := &hearing{start: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	go func() {
		for _, m := range all {
			if !clock(nil).sleep(ctx, m.at-time.Since(h.start)) {
				return
			}
			select {
			case messages <- m.text:
			case <-ctx.Done():
			}
		}
	}()
	s.Follow(ctx, target, alive, h.report())
	return h
}

const s, ms = time.Second, time.Millisecond

func TestNotify(t *testing.T) {
	tests := []struct {
		name string
		spec Spec
		said []said
		want []string
	}{
		{
			"ready, reloads, ends",
			Spec{},
			[]said{
				{1 * s, "STATUS=loading"},
				{2 * s, "STATUS=serving\nREADY=1"},
				{3 * s, "READY=1"},
				{4 * s, "RELOADING=1\nMONOTONIC_USEC=4000000"},
				{5 * s, "RELOADING=1"},
				{6 * s, "READY=1\nSTATUS=serving"},
				{7 * s, "STOPPING=1\nSTATUS=bye"},
				{8 * s, "READY=1"},
			},
			[]string{
				"1s status: loading", "2s status: serving", "2s ready", "4s unready: reloading", "6s ready",
				"7s status: bye", "7s unready: stopping", "1m7s unwell: still there 1m0s after STOPPING=1, its status is \"bye\"",
			},
		},
		{
			"a reload that is over at once",
			Spec{},
			[]said{{1 * s, "READY=1"}, {2 * s, "RELOADING=1\nREADY=1"}},
			[]string{"1s ready"},
		},
		{
			"a reload that is never over",
			Spec{Timeout: 10 * s},
			[]said{{1 * s, "READY=1"}, {2 * s, "RELOADING=1"}, {3 * s, "RELOADING=1"}},
			[]string{"1s ready", "2s unready: reloading", "12s unwell: not ready again 10s after RELOADING=1"},
		},
		{
			"never ready",
			Spec{Timeout: 30 * s},
			[]said{{1 * s, "STATUS=migrating"}, {2 * s, "RELOADING=1"}, {40 * s, "READY=1"}},
			[]string{"1s status: migrating", "30s not ready: not ready after 30s: notify: no READY=1 came, its status is \"migrating\""},
		},
		{"never a word", Spec{}, nil, []string{"1m0s not ready: not ready after 1m0s: notify: no READY=1 came"}},
		{
			"it ends before it is ready",
			Spec{Timeout: 30 * s},
			[]said{{1 * s, "STOPPING=1"}, {2 * s, "READY=1"}},
			[]string{"30s not ready: not ready after 30s: notify: no READY=1 came"},
		},
		{
			"it asks for more time",
			Spec{Timeout: 30 * s},
			[]said{
				{1 * s, "EXTEND_TIMEOUT_USEC=1000000"}, // less than it has
				{29 * s, "EXTEND_TIMEOUT_USEC=40000000"},
				{68 * s, "READY=1\nEXTEND_TIMEOUT_USEC=1000000"},
			},
			[]string{"1m8s ready"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hear(t, tt.spec, Target{}, Alive{}, 10*time.Minute, tt.said...).expect(t, tt.want...)
			})
		})
	}
}

func TestWatchdog(t *testing.T) {
	tests := []struct {
		name string
		said []said
		want []string
	}{
		{
			"it goes silent",
			[]said{{5 * s, "READY=1"}, {6 * s, "WATCHDOG=1"}, {7 * s, "WATCHDOG=1"}, {8 * s, "STATUS=thinking"}},
			[]string{"5s ready", "8s status: thinking", "9.2s unwell: no WATCHDOG=1 within 2s, its status is \"thinking\""},
		},
		{"it never barks", []said{{5 * s, "READY=1"}}, []string{"5s ready", "7.2s unwell: no WATCHDOG=1 within 2s"}},
		{
			"a message that comes after the alarm counts",
			[]said{{5 * s, "READY=1"}, {7100 * ms, "WATCHDOG=1"}, {8 * s, "WATCHDOG_USEC=0"}},
			[]string{"5s ready"},
		},
		{
			"it sets the time",
			[]said{{0, "WATCHDOG_USEC=9000000"}, {1 * s, "READY=1"}},
			[]string{"1s ready", "10.2s unwell: no WATCHDOG=1 within 9s"},
		},
		{
			"it is watched while it reloads",
			[]said{{1 * s, "READY=1"}, {2 * s, "RELOADING=1"}},
			[]string{"1s ready", "2s unready: reloading", "4.2s unwell: no WATCHDOG=1 within 2s"},
		},
		{
			"it is not watched while it ends",
			[]said{{1 * s, "READY=1"}, {2 * s, "STOPPING=1"}, {3 * s, "WATCHDOG=1"}},
			[]string{"1s ready", "2s unready: stopping"},
		},
		{
			"it gives itself up",
			[]said{{1 * s, "WATCHDOG=trigger"}},
			[]string{"1s unwell: it asked to be restarted: WATCHDOG=trigger"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hear(t, Spec{Watchdog: 2 * s}, Target{}, Alive{}, 50*s, tt.said...).expect(t, tt.want...)
			})
		})
	}
}

func TestNotifyWaitsForTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paused := pausedAt([2]time.Duration{10 * s, 100 * s}).total
		hear(t, Spec{Timeout: 30 * s}, Target{Paused: paused}, Alive{}, time.Hour).
			expect(t, "2m0s not ready: not ready after 30s: notify: no READY=1 came")
	})
	synctest.Test(t, func(t *testing.T) {
		paused := pausedAt([2]time.Duration{10 * s, 100 * s}).total
		hear(t, Spec{Watchdog: 20 * s}, Target{Paused: paused}, Alive{}, time.Hour, said{5 * s, "READY=1"}).
			expect(t, "5s ready", "1m55.2s unwell: no WATCHDOG=1 within 20s")
	})
}

// alive begins with the first READY=1, and once.
func TestNotifyAndAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alive := Alive{Spec: Spec{Kind: Path, Path: "/nowhere/at/all"}}
		hear(t, Spec{Timeout: time.Hour}, Target{}, alive, 70*s,
			said{5 * s, "READY=1"}, said{6 * s, "RELOADING=1"}, said{7 * s, "READY=1"}).
			expect(t, "5s ready", "6s unready: reloading", "7s ready",
				"35s unwell: not alive: path /nowhere/at/all: no such file or directory (3 tries in a row)",
				"1m5s unwell: not alive: path /nowhere/at/all: no such file or directory (3 tries in a row)")
	})
}
