package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// live is a wprun, or another tool, that runs while something is measured.
type live struct {
	cmd     *exec.Cmd
	errFile *os.File
	ended   chan struct{} // closed when it has exited
	err     error         // of Wait; to be read after ended
}

// start runs `wprun run` with this file in dir, with an empty folder for the
// external watchpoints, and returns when the file's task "ready" has started.
func (l *lab) start(ctx context.Context, dir, file string, s *stamps) (*live, error) {
	if l.wprunErr != nil {
		return nil, l.wprunErr
	}
	err := errors.Join(
		os.Mkdir(filepath.Join(dir, gatesBase), 0o700),
		os.WriteFile(filepath.Join(dir, "wprun.toml"), []byte(file), 0o600),
	)
	if err != nil {
		return nil, err
	}
	cmd, errFile, err := prepare(ctx, dir, []string{l.wprun, "run", "-f", "wprun.toml"})
	if err != nil {
		return nil, err
	}
	v, err := launch(cmd, errFile)
	if err != nil {
		return nil, err
	}
	if _, err := s.next("ready", v.ended); err != nil {
		v.stop()
		return nil, errors.Join(err, v.failure())
	}
	return v, nil
}

// launch starts a command that prepare has made.
func launch(cmd *exec.Cmd, errFile *os.File) (*live, error) {
	v := &live{cmd: cmd, errFile: errFile, ended: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		errFile.Close()
		return nil, fmt.Errorf("cannot start %q: %w", cmd.Path, err)
	}
	go func() {
		v.err = cmd.Wait()
		close(v.ended)
	}()
	return v, nil
}

// failure says why it exited; nil while it runs or if it exited with 0.
func (v *live) failure() error {
	if !isClosed(v.ended) {
		return nil
	}
	return explain(v.cmd, v.errFile.Name(), v.err)
}

// finish waits for the end of a run that ends by itself.
func (v *live) finish(limit time.Duration) error {
	defer v.stop()
	select {
	case <-v.ended:
		return v.failure()
	case <-time.After(limit):
		return fmt.Errorf("cannot end the round: wprun still runs %v after its last task", limit)
	}
}

// stop ends it if it still runs: SIGTERM, and SIGKILL after 20 s.
func (v *live) stop() {
	defer v.errFile.Close()
	if isClosed(v.ended) {
		return
	}
	// An error means that it has just ended.
	_ = v.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-v.ended:
	case <-time.After(20 * time.Second):
		_ = v.cmd.Process.Kill()
		<-v.ended
	}
}

// pause lets the machine come to rest between two measurements.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
