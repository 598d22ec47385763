package probe

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"wprun/internal/program"
)

const (
	// tailBytes and tailLines bound what an error quotes of the output.
	tailBytes = 1 << 10
	tailLines = 3
	// pipeLimit is how long a process that left the group may hold the output
	// after the command itself is gone.
	pipeLimit = 100 * time.Millisecond
)

// run is ready when the command exits 0. The command leads a group of its
// own; whatever is left of its process group ends with it.
func (s Spec) run(ctx context.Context, t Target) error {
	var out tail
	cmd, err := s.command(t, &out)
	if err != nil {
		return err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%v: cannot start: %w", s, innermost(err))
	}
	inTime := endGroup(ctx, cmd)
	if state := cmd.ProcessState; inTime && state != nil && state.Success() {
		return nil
	}
	outcome := cmd.ProcessState.String()
	if !inTime {
		outcome = fmt.Sprintf("killed after %v", time.Since(start).Round(10*time.Millisecond))
	}
	return fmt.Errorf("%v: %s%s", s, outcome, out.quote())
}

func (s Spec) command(t Target, out *tail) (*exec.Cmd, error) {
	if len(s.Exec) == 0 {
		return nil, errors.New("cannot probe: the command is empty")
	}
	path, err := s.find(t)
	if err != nil {
		return nil, err
	}
	return &exec.Cmd{
		Path:        path,
		Args:        s.Exec,
		Dir:         t.Dir,
		Env:         append([]string{}, t.Env...), // nil would mean wprun's own
		Stdout:      out,
		Stderr:      out,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true},
		WaitDelay:   pipeLimit,
	}, nil
}

// find searches as the service itself would: in its PATH, from its directory.
func (s Spec) find(t Target) (string, error) {
	path, err := program.Find(s.Exec[0], t.Dir, t.Env)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("cannot find %q in PATH of the process", s.Exec[0])
	case err != nil:
		return "", fmt.Errorf("%v: cannot start: %w", s, err)
	}
	return path, nil
}

func innermost(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}

// tail keeps the end of what is written to it.
type tail struct {
	kept []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	t.kept = t.kept[max(0, len(t.kept)-tailBytes):]
	return len(p), nil
}

// quote is a clause for an error, safe to print, or "".
func (t *tail) quote() string {
	text := strings.TrimSpace(string(t.kept))
	if text == "" {
		return ""
	}
	lines := strings.Split(text, "\n")
	lines = lines[max(0, len(lines)-tailLines):]
	return fmt.Sprintf(", its output ends with %q", strings.Join(lines, "\n"))
}
