package poll

import (
	"os"
	"testing"
)

// /proc is of a type that nobody has listed.
func TestClassOfProc(t *testing.T) {
	if got := ClassOf("/proc"); got != (Class{}) {
		t.Errorf("%+v", got)
	}
}

func TestClassOfSharedMemory(t *testing.T) {
	const dir = "/dev/shm" // a tmpfs (shm_overview(7))
	if _, err := os.Stat(dir); err != nil {
		t.Skip("there is no " + dir)
	}
	if got := ClassOf(dir); !got.local || got.Remote != "" {
		t.Errorf("%+v", got)
	}
}
