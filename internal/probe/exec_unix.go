//go:build unix && !linux

package probe

import (
	"context"
	"os/exec"

	"golang.org/x/sys/unix"
)

// endGroup waits for a started command, kills what is left of its group, and
// reports whether the command ended by itself before ctx did.
func endGroup(ctx context.Context, cmd *exec.Cmd) bool {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		_ = cmd.Wait()
	}()
	inTime := true
	select {
	case <-exited:
	case <-ctx.Done():
		inTime = false
	}
	_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
	<-exited
	return inTime
}
