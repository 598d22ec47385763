//go:build unix && !linux

package guard

import (
	"errors"

	"wprun/internal/proc"
)

// Possible is false: what a dead supervisor left could not be found.
const Possible = false

func room() error { return nil }

func program() (string, error) {
	return "", &AloneError{errors.New("cannot adopt orphans on this system")}
}

func adopt() error { return nil }

func launch(string, []string, []uintptr) (pid int, group *proc.Cgroup, err error) {
	return 0, nil, errors.New("cannot start a supervisor on this system")
}

func softFiles(int) (n int, known bool) { return 0, false }

func rename() {}

// heldStop stands for a stop that this system is not asked for.
type heldStop struct{}

func holdStop() *heldStop { return nil }

func (*heldStop) take() {}
func (*heldStop) drop() {}
