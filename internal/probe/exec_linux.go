package probe

import (
	"context"
	"os/exec"

	"golang.org/x/sys/unix"
)

// endGroup waits for a started command, kills what is left of its group, and
// reports whether the command ended by itself before ctx did.
//
// The command is only reaped after the kill, so that its number cannot have
// become that of another group.
func endGroup(ctx context.Context, cmd *exec.Cmd) bool {
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		awaitExit(cmd.Process.Pid)
	}()
	inTime := true
	select {
	case <-exited:
	case <-ctx.Done():
		inTime = false
	}
	_ = unix.Kill(-cmd.Process.Pid, unix.SIGKILL)
	<-exited
	// The error says no more than ProcessState, or that a process outside of
	// the group still holds the output.
	_ = cmd.Wait()
	return inTime
}

func awaitExit(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return
		}
	}
}
