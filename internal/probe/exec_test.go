package probe

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func sh(script string) Spec {
	return Spec{Kind: Exec, Exec: []string{"/bin/sh", "-c", script}}
}

// here is a service in a fresh directory, with a PATH.
func here(t *testing.T) Target {
	t.Helper()
	return Target{Dir: t.TempDir(), Env: []string{"PATH=/none", "PATH=bin:/bin:/usr/bin"}}
}

func TestExecIsReadyByExit0(t *testing.T) {
	target := here(t)
	s := sh(`echo x >>tries; test "$(wc -l <tries)" -ge 3`)
	if err := s.wait(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(target.Dir, "tries")); got != "x\nx\nx\n" {
		t.Errorf("tries %q", got)
	}
}

func TestExecRunsInTheServicesPlace(t *testing.T) {
	target := here(t)
	if err := os.Mkdir(filepath.Join(target.Dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncat\necho \"$PWD $FOO\" >place\n"
	if err := os.WriteFile(filepath.Join(target.Dir, "bin", "check"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	target.Env = append(target.Env, "FOO=bar")
	for _, name := range []string{"check", "bin/check", filepath.Join(target.Dir, "bin", "check")} {
		s := Spec{Kind: Exec, Exec: []string{name}, Timeout: 5 * time.Second}
		if err := s.wait(t.Context(), target); err != nil {
			t.Fatal(err)
		}
		if got := read(t, filepath.Join(target.Dir, "place")); got != target.Dir+" bar\n" {
			t.Errorf("%s ran in %q", name, got)
		}
	}
}

func TestExecErrors(t *testing.T) {
	noShebang := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(noShebang, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		spec Spec
		want string
	}{
		{sh("exit 3"), "exit status 3"},
		{sh("echo one; echo two; echo three >&2; echo; echo four; exit 1"), `exit status 1, its output ends with "three\n\nfour"`},
		{sh("yes | head -c 100000; printf 'a\\033[2Jend'; exit 1"), `y\na\x1b[2Jend"`},
		{sh("kill -9 $$"), "signal: killed"},
		{Spec{Kind: Exec, Exec: []string{"no-such-command"}}, `cannot find "no-such-command" in PATH of the process`},
		{Spec{Kind: Exec, Exec: []string{noShebang}}, "cannot start: permission denied"},
		{Spec{Kind: Exec}, "cannot probe: the command is empty"},
	}
	for _, tt := range tests {
		err := tt.spec.run(t.Context(), here(t))
		if err == nil || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("error %q, want %q", err, tt.want)
		}
	}
}

func TestExecLongOutputIsCut(t *testing.T) {
	err := sh("head -c 1000000 /dev/zero | tr '\\0' x; exit 1").run(t.Context(), here(t))
	if err == nil || len(err.Error()) > 2*tailBytes {
		t.Errorf("%d bytes of error", len(err.Error()))
	}
}

func TestExecKillsItsGroupAtTheLimit(t *testing.T) {
	target := here(t)
	s := sh("echo slow; sleep 1000 & echo $! >child; wait")
	ctx, cancel := context.WithCancel(t.Context())
	cut := make(chan error, 1)
	go func() { cut <- s.run(ctx, target) }()
	child := awaitPid(t, filepath.Join(target.Dir, "child"))
	cancel()
	if err := <-cut; err == nil || !strings.Contains(err.Error(), "killed after ") || !strings.Contains(err.Error(), `"slow"`) {
		t.Errorf("error %v", err)
	}
	awaitGone(t, child)
}

func TestExecEndsWithItsContext(t *testing.T) {
	target := here(t)
	ctx, cancel := context.WithCancel(t.Context())
	waited := make(chan error, 1)
	go func() { waited <- sh("echo $$ >child; sleep 1000").wait(ctx, target) }()
	child := awaitPid(t, filepath.Join(target.Dir, "child"))
	cancel()
	if err := <-waited; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	awaitGone(t, child)
}

func TestExecLeavesNothingBehind(t *testing.T) {
	target := here(t)
	if err := sh("sleep 1000 & echo $! >child").run(t.Context(), target); err != nil {
		t.Error(err)
	}
	awaitGone(t, awaitPid(t, filepath.Join(target.Dir, "child")))
}

func TestExecIsReadyThoughSomebodyHoldsItsOutput(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("setsid has to be installed where CI=true")
		}
		t.Skip("this machine has no setsid")
	}
	target := here(t)
	s := sh("setsid sh -c 'echo $$ >child; exec sleep 1000' & until test -s child; do :; done")
	if err := s.run(t.Context(), target); err != nil {
		t.Error(err)
	}
	pid := awaitPid(t, filepath.Join(target.Dir, "child"))
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// awaitPid waits until a whole line with a process id is in file.
func awaitPid(t *testing.T, file string) int {
	t.Helper()
	for range time.Tick(time.Millisecond) {
		data, _ := os.ReadFile(file)
		if line, whole := strings.CutSuffix(string(data), "\n"); whole {
			pid, err := strconv.Atoi(line)
			if err != nil {
				t.Fatal(err)
			}
			return pid
		}
	}
	return 0
}

// awaitGone waits until a killed process is no more, or waits to be reaped by
// somebody else. The test's own time limit is the only one.
func awaitGone(t *testing.T, pid int) {
	t.Helper()
	for range time.Tick(time.Millisecond) {
		if !running(pid) {
			return
		}
	}
}

func running(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	_, state, _ := strings.Cut(string(stat), ") ")
	return err != nil || !strings.HasPrefix(state, "Z")
}

// Who asks a command that hangs is not kept by it.
func TestAskHasALimit(t *testing.T) {
	target := here(t)
	if err := Ask(t.Context(), []string{"true"}, time.Minute, target); err != nil {
		t.Errorf("yes is %v", err)
	}
	if err := Ask(t.Context(), []string{"false"}, time.Minute, target); err == nil || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("no is %v", err)
	}
	err := Ask(t.Context(), []string{"sleep", "1000"}, 50*time.Millisecond, target)
	if err == nil || !strings.Contains(err.Error(), "exec sleep 1000: killed after ") {
		t.Errorf("no answer is %v", err)
	}
}
