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
	k := newKeeper(l, "", nil, func(int) probe.Target { return probe.Target{Env: os.Environ()} })
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
