//go:build linux

package e2e

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	round = flag.Uint64("round", 0, "the seed of the first round of the soak")
	seed  = flag.Uint64("seed", 0, "of what the tests leave to chance; 0 takes one from the clock")
)

// chance prints its seed.
func chance(t testing.TB) *rand.Rand {
	n := *seed
	if n == 0 {
		n = uint64(time.Now().UnixNano())
	}
	t.Logf("repeat with -seed=%d", n)
	return rand.New(rand.NewPCG(n, 0))
}

// crashFile has one of everything: a private base and a named one, which
// outlives the run, a service, gates on both, and an earlier run to remove.
const crashFile = `keep_runs = 1
[[watchpoint]]
key  = "shared"
base = "base"
[task.a]
command = "exec $STRIKE sh a.sh"
signals = ["shared"]
[service.s]
command = "exec sh s.sh"
ready   = { log = "^up$" }
[task.b]
command  = "exec sh b.sh"
waits_on = ["a", "s"]
[task.c]
command  = "exec sh c.sh"
waits_on = ["shared", "b"]
`

var crashScripts = map[string]string{
	"a.sh": "mkdir -p made/$$ && mv made/$$ made/$$.new && rmdir made/$$.new\nsay 20\n(say 5)\nearn\n",
	"s.sh": "earn\ntell up\ntrap 'exit 0' TERM\nsleep 60 & wait\n",
	"b.sh": "gate \"$WPRUN_PATH_A\" \"$WPRUN_PATH_S\"\nsay 3\nearn\n",
	"c.sh": "gate \"$WPRUN_PATH_SHARED\" \"$WPRUN_PATH_B\"\nsay 3\nearn\n",
}

// victims are who is killed.
var victims = []string{"front", "supervisor", "command"}

// strikes are the system calls at which they are, as Go and sh make them.
var strikes = []string{"mkdirat", "unlinkat", "write", "clone,clone3,vfork,fork", "execve", "renameat,renameat2,rename"}

// TestCrashes kills one process of a run at its i-th system call of a kind, for
// i = 1, 2, ... until the run passes, and looks at what is left each time.
//
// strace counts the calls of each thread by itself, so that it is the first
// thread to come to its i-th call that is killed. How many calls the process had
// made by then is printed.
func TestCrashes(t *testing.T) {
	if !abilities["strace"]() {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace has to work where CI=true")
		}
		t.Skip("strace does not work here")
	}
	wprun := filepath.Join(t.TempDir(), "wprun")
	build := exec.Command("go", "build", "-o", wprun, "wprun/cmd/wprun")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build wprun: %v\n%s", err, out)
	}
	for _, victim := range victims {
		for _, calls := range strikes {
			c := &crash{wprun: wprun, victim: victim, calls: calls}
			name, _, _ := strings.Cut(calls, ",")
			t.Run(victim+"/"+name, func(t *testing.T) {
				t.Parallel()
				c.loop(t)
			})
		}
	}
}

// crash is one victim killed at one kind of call.
type crash struct {
	wprun, victim, calls string
	dir                  string
}

func (c *crash) loop(t *testing.T) {
	c.dir = t.TempDir()
	if err := c.lay(); err != nil {
		t.Fatal(err)
	}
	for i := 1; ; i++ {
		out, log := c.strike(t, i)
		struck, at := bytes.Contains(log, []byte("killed by SIGKILL")), bytes.Count(log, []byte(" = ?"))
		for _, fault := range invariants(c.dir, func() string { return c.again() }) {
			t.Errorf("killed at call %d: %s", i, fault)
		}
		if t.Failed() {
			t.Fatalf("wprun said:\n%s\nstrace said:\n%s", out, tail(log))
		}
		if !struck {
			t.Logf("passes at %d", i)
			return
		}
		t.Logf("killed at call %d, the %d. of the process", i, at+calledBefore(log))
	}
}

// calledBefore counts calls that came to their end.
func calledBefore(log []byte) int { return len(regexp.MustCompile(`(?m)\) += -?\d`).FindAll(log, -1)) }

func tail(text []byte) []byte { return text[max(0, len(text)-2000):] }

func (c *crash) lay() error {
	if err := os.WriteFile(filepath.Join(c.dir, "wprun.toml"), []byte(crashFile), 0o666); err != nil {
		return err
	}
	for name, text := range crashScripts {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(witness+text), 0o666); err != nil {
			return err
		}
	}
	return plant(c.dir, "precious", "base/precious", "base/foreign.watch/", ".wprun/precious", ".wprun/runs/precious/")
}

// inject is the command line of strace that kills at the i-th call. It lets go
// of what becomes another program.
func (c *crash) inject(i int) []string {
	return []string{
		"strace", "-f", "-qq", "-b", "execve", "-o", c.log(), "-e", "trace=" + c.calls,
		"-e", fmt.Sprintf("inject=%s:signal=KILL:when=%d", c.calls, i),
	}
}

func (c *crash) log() string { return filepath.Join(c.dir, "strace") }

// strike runs once, with a violent end, and returns what wprun and strace said.
func (c *crash) strike(t *testing.T, i int) (out, log []byte) {
	_ = os.Remove(c.log()) // of the time before
	args := []string{c.wprun, "run"}
	env := []string{"STRIKE="}
	switch c.victim {
	case "front":
		args = append(c.inject(i), args...)
	case "supervisor":
		return c.behind(t, i)
	case "command":
		env = []string{"STRIKE=" + strings.Join(c.inject(i), " ")}
	}
	out, _ = c.run(args, env) // strace dies as what it traces does
	log, err := os.ReadFile(c.log())
	if err != nil {
		t.Fatalf("cannot read what strace wrote: %v; wprun said:\n%s", err, out)
	}
	return out, log
}

// patience bounds what has to end by itself.
const patience = time.Minute

func (c *crash) run(args, env []string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = c.dir, append(append(os.Environ(), "WORK="+c.dir), env...)
	out, err := os.Create(filepath.Join(c.dir, "out"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out // a file, so that nobody waits for who holds a pipe
	err = cmd.Run()
	text, readErr := os.ReadFile(out.Name())
	return text, errors.Join(err, ctx.Err(), readErr)
}

// again runs the plain file and says what is not as in a fresh run.
func (c *crash) again() string {
	out, err := c.run([]string{c.wprun, "run"}, []string{"STRIKE="})
	if err != nil {
		return fmt.Sprintf("%v; it said:\n%s", err, out)
	}
	entries, err := readJournal(filepath.Join(c.dir, ".wprun", "latest"))
	if err != nil {
		return err.Error()
	}
	states := map[string]string{}
	for _, e := range entries {
		if e.Event == "changed" {
			states[e.Process] = e.State
		}
	}
	want := map[string]string{"a": "succeeded", "b": "succeeded", "c": "succeeded", "s": "stopped"}
	for name, state := range want {
		if states[name] != state {
			return fmt.Sprintf("%s is %s, not %s", name, states[name], state)
		}
	}
	if !exists(filepath.Join(c.dir, "base", "shared.watch")) {
		return "there is no base/shared.watch"
	}
	return ""
}

// behind stops the supervisor before its first instruction, by way of a strace
// of the front, and hands it to another one that kills it.
func (c *crash) behind(t *testing.T, i int) (out, log []byte) {
	front := exec.Command("strace", "-f", "-qq", "-b", "execve", "-o", os.DevNull,
		"-e", "trace=execve", "-e", "inject=execve:signal=STOP:when=1", c.wprun, "run")
	front.Dir, front.Env = c.dir, append(os.Environ(), "WORK="+c.dir, "STRIKE=")
	file, err := os.Create(filepath.Join(c.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	front.Stdout, front.Stderr = file, file
	if err := front.Start(); err != nil {
		t.Fatal(err)
	}
	defer front.Wait() //nolint:errcheck // it ends as what it traces does
	pid := c.stoppedSupervisor(t)
	tracer := exec.Command(c.inject(i)[0], append(c.inject(i)[1:], "-p", strconv.Itoa(pid))...)
	if err := tracer.Start(); err != nil {
		t.Fatal(err)
	}
	if !within(patience, func() bool { return tracedBy(pid) != 0 }) {
		t.Fatal("strace does not get hold of the supervisor")
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	_ = tracer.Wait() // as above
	_ = front.Wait()
	log, err = os.ReadFile(c.log())
	if err != nil {
		t.Fatal(err)
	}
	out, err = os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return out, log
}

// stoppedSupervisor lets everything of the project go on until the supervisor is
// there and stopped. A child of strace that is still strace has stopped itself to
// be traced, and goes on by itself.
func (c *crash) stoppedSupervisor(t *testing.T) (found int) {
	if !within(patience, func() bool {
		for _, pid := range processesOf(c.dir) {
			line := commandLine(pid)
			switch {
			case stateOf(pid) != 'T' || tracedBy(pid) != 0 || line == "" || strings.HasPrefix(line, "strace"):
			case strings.HasPrefix(line, "wpguard"):
				found = pid
			case line == commandLine(pid): // it has not executed meanwhile
				_ = syscall.Kill(pid, syscall.SIGCONT)
			}
		}
		return found != 0
	}) {
		out, _ := os.ReadFile(filepath.Join(c.dir, "out"))
		for _, pid := range processesOf(c.dir) {
			t.Logf("%d %c, traced by %d: %s", pid, stateOf(pid), tracedBy(pid), commandLine(pid))
		}
		t.Fatalf("there is no supervisor; wprun said:\n%s", out)
	}
	return found
}
