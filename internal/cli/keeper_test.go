package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wprun/internal/config"
	"wprun/internal/engine"
	"wprun/internal/probe"
)

// newTestLedger is of a file with some text.
func newTestLedger(t *testing.T, text string) *ledger {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wprun.toml")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	l, err := newLedger(cfg, &runOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestSkipIfIsGivenUpAfterTheTimeoutOfItsTask(t *testing.T) {
	l := newTestLedger(t, `
[task.hangs]
command = "true"
skip_if = ["sleep", "1000"]
timeout = "50ms"

[task.default]
command = "true"
skip_if = "true"
`)
	k := newKeeper(l, "", nil, func(int) probe.Target { return probe.Target{Env: os.Environ()} }, nil)
	id := engine.ID{Process: "hangs", Run: 1}
	if ev := k.Check(t.Context(), engine.Check{ID: id}); ev != nil {
		t.Errorf("before it was asked the answer is %q", ev)
	}
	ev, ok := k.Ask(t.Context(), engine.Check{ID: id}).(engine.Stale)
	if !ok || ev.ID != id || !strings.HasPrefix(ev.Why, "skip_if: exec sleep 1000: killed after ") {
		t.Errorf("it is found to be %q", ev)
	}
	if got := l.tasks["default"].patience; got != time.Minute {
		t.Errorf("without a timeout it is asked for %s", got)
	}
}

// The signal that stops all processes at once comes to a command before wprun knows
// of it. What exits 0 then is not recorded.
func TestWhatEndsAsTheRunIsStoppedIsNotRecorded(t *testing.T) {
	for name, tt := range map[string]struct {
		stopped time.Duration // after the exit; 0 is not at all
		current bool
	}{
		"not stopped":            {0, true},
		"stopped while it ended": {time.Millisecond, false},
		"stopped before":         {-time.Second, false},
		"stopped later":          {time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newTestLedger(t, "[task.a]\ncommand = 'true'\noutputs = 'out'\n")
			var warned []string
			var stopped time.Time
			k := newKeeper(l, "", func(text string) { warned = append(warned, text) }, nil, func() time.Time { return stopped })
			id := engine.ID{Process: "a", Run: 1}
			if err := k.book.Make(); err != nil {
				t.Fatal(err)
			}
			if _, ok := k.Check(t.Context(), engine.Check{ID: id}).(engine.Stale); !ok {
				t.Fatal("it need not run at first")
			}
			if err := k.begin("a"); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(l.cfg.Dir, "out"), []byte("half"), 0o666); err != nil {
				t.Fatal(err)
			}
			if tt.stopped != 0 {
				stopped = time.Now().Add(tt.stopped)
			}
			if ev := k.Record(t.Context(), id); ev != (engine.Recorded{ID: id}) {
				t.Fatalf("the record is answered by %q", ev)
			}
			ev := k.Check(t.Context(), engine.Check{ID: id})
			if _, current := ev.(engine.Current); current != tt.current || (len(warned) == 0) != tt.current {
				t.Errorf("it is found to be %q; warnings %q", ev, warned)
			}
		})
	}
}
