package cli

import (
	"testing"
	"time"

	"wprun/internal/config"
	"wprun/internal/rundir"
)

// The front is dead, and the supervisor has not let go of the lock yet.
func TestARunThatIsBeingKilledCanBeResumed(t *testing.T) {
	p := newProject(t, "[task.a]\ncommand = 'true'\n")
	dir := p.newRun(config.FileName)
	info := rundir.Self()
	info.File = config.FileName
	info.Front, info.FrontStart = 1<<22+1, 1 // no process can have this number
	if err := dir.WriteInfo(info); err != nil {
		t.Fatal(err)
	}
	closed := time.AfterFunc(100*time.Millisecond, func() { _ = dir.Close() })
	defer closed.Stop()
	cfg, err := config.Load(config.FileName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newLedger(cfg, &runOptions{resume: latestRun}); err != nil {
		t.Error(err)
	}
}
