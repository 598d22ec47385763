package procfs

import (
	"bufio"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A message names processes whose arguments may be anything.
func TestCommandIsToldHarmlessly(t *testing.T) {
	for arg, want := range map[string]string{
		"\x1b]52;c;YQ==\a\n\u009b2J\xff": " ]52;c;YQ==   2J\ufffd",
		strings.Repeat("0", 100):         strings.Repeat("0", 24) + "...",
	} {
		pid := start(t, exec.Command("sh", "-c", "echo begun; read x", "sh", arg))
		want = "/bin/sh -c echo begun; read x sh " + want
		if got := Command(pid); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Command(1 << 30); got != "" {
		t.Errorf("of no process %q", got)
	}
}

// start returns when the process has told that it has begun.
func start(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	cmd.Args[0] = "/bin/sh"
	if _, err := cmd.StdinPipe(); err != nil { // never written
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func TestStatusOfAChild(t *testing.T) {
	pid := start(t, exec.Command("sh", "-c", "echo begun; read x"))
	s, ok := StatusOf(pid)
	own, _ := StatusOf(os.Getpid())
	if !ok || s.Dead() || s.Parent != os.Getpid() || own.Start == 0 || s.Start < own.Start {
		t.Errorf("%+v, %v; of this process %+v", s, ok, own)
	}
	if !Usable() || !slices.Contains(Pids(), pid) {
		t.Errorf("%d is not among %v", pid, Pids())
	}
	if s, ok := StatusOf(1 << 30); ok {
		t.Errorf("of no process %+v", s)
	}
}
