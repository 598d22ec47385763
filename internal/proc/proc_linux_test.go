package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestExit(t *testing.T) {
	b := newBench(t)
	tests := []struct {
		script string
		want   Exit
	}{
		{"exit 0", Exit{Code: 0}},
		{"exit 3", Exit{Code: 3}},
		{"exit 255", Exit{Code: 255}},
		{"exit 300", Exit{Code: 44}},
		{"kill -TERM $$", Exit{Code: 143, Signal: unix.SIGTERM}},
		{"kill -KILL $$", Exit{Code: 137, Signal: unix.SIGKILL}},
		{"kill -SEGV $$", Exit{Code: 139, Signal: unix.SIGSEGV}},
	}
	for i, test := range tests {
		test.want.ID = ID(i)
		b.shell(test.want.ID, "ulimit -c 0; "+test.script)
		if got := b.await(test.want.ID); got != test.want {
			t.Errorf("%q: %+v, want %+v", test.script, got, test.want)
		}
	}
	if n := b.Running(); n != 0 {
		t.Errorf("Running() = %d", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	b := newBench(t)
	const n = 60
	for i := range ID(n) {
		b.shell(i, fmt.Sprintf("echo %d; exit %d", i, i))
	}
	for i := range ID(n) {
		exit := b.await(i)
		if text := b.output[i].String(); exit.Code != int(i) || text != fmt.Sprintln(i) {
			t.Errorf("%d: code %d, output %q", i, exit.Code, text)
		}
	}
}

func TestIdleSetSleeps(t *testing.T) {
	b := newBench(t)
	if ms := b.timeout(true); ms != -1 {
		t.Errorf("with nothing running: %d", ms)
	}
	if _, err := b.Set.Start(1, b.spec(1, "sleep", "60")); err != nil {
		t.Fatal(err)
	}
	if ms := b.timeout(true); ms != 1 {
		t.Errorf("before one command has begun: %d", ms)
	}
	b.until("begin of 1", func() bool { _, begun := b.begun[1]; return begun })
	if ms := b.timeout(true); ms < 1000 || ms > int(tickCalm.Milliseconds()) {
		t.Errorf("with one command: %d", ms)
	}
	if ms := b.timeout(false); ms != 0 {
		t.Errorf("without block: %d", ms)
	}
}

func TestExitsInterruptNobody(t *testing.T) {
	if b := newBench(t); !b.kernel.pidfd {
		t.Skip("without pidfds SIGCHLD tells of exits")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	// The signals with a handler, and those that are ignored (proc_pid_status(5)).
	for _, name := range []string{"SigCgt", "SigIgn"} {
		_, rest, _ := strings.Cut(string(status), "\n"+name+":\t")
		text, _, _ := strings.Cut(rest, "\n")
		signals, err := strconv.ParseUint(text, 16, 64)
		if err != nil {
			t.Fatal(err)
		}
		if signals&(1<<(unix.SIGCHLD-1)) != 0 {
			t.Errorf("SIGCHLD is in %s: %x", name, signals)
		}
	}
}

func TestThreadsDoNotGrow(t *testing.T) {
	b := newBench(t)
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil || limit.Cur < 1100 {
		t.Skipf("needs 1100 open files, the limit is %d", limit.Cur)
	}
	b.start(0, "sleep", "60")
	before := threads(t)
	for i := range ID(500) {
		b.start(i+1, "sleep", "60")
		b.Wait(false, nil)
	}
	if after := threads(t); after > before+3 {
		t.Errorf("%d threads with 1 command, %d with 501", before, after)
	}
	for i := range ID(501) {
		b.Terminate(i)
	}
	for i := range ID(501) {
		if exit := b.await(i); exit.Signal != unix.SIGTERM {
			t.Fatalf("%+v", exit)
		}
	}
}

func threads(t *testing.T) int {
	t.Helper()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	return len(tasks)
}

func TestWake(t *testing.T) {
	b := newBench(t)
	b.Wake()
	b.Wake()
	if exits := b.Wait(true, nil); len(exits) != 0 { // returns at all
		t.Errorf("%+v", exits)
	}
	const rounds = 1000
	asked, seen := make(chan int), make(chan bool)
	go func() {
		for i := range rounds {
			asked <- i
			b.Wake()
			<-seen
		}
		close(asked)
	}()
	for range asked {
		b.Wait(true, nil) // each must be ended by the one Wake that follows
		seen <- true
	}
}

func TestWakeBesideClose(t *testing.T) {
	for range 50 {
		b := newBench(t)
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for {
				select {
				case <-stop:
					return
				default:
					b.Wake()
				}
			}
		}()
		b.Wait(true, nil)
		b.end()
		close(stop)
		<-stopped
	}
}

func TestOtherChildrenAreLeftAlone(t *testing.T) {
	b := newBench(t)
	b.shell(1, "while :; do (sleep 0.001 &) ; sleep 0.001; done") // adoptions all the time
	result := make(chan error)
	onMainThread <- func() {
		for range 50 {
			out, err := exec.Command("sh", "-c", "echo probe; exit 4").Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 4 || string(out) != "probe\n" {
				go func() { result <- fmt.Errorf("%w, output %q", err, out) }()
				return
			}
		}
		go func() { result <- nil }()
	}
	done := false
	b.until("the probes", func() bool {
		select {
		case err := <-result:
			if done = true; err != nil {
				t.Error(err)
			}
		default:
			b.reapOrphans()
		}
		return done
	})
}

func TestNothingSurvivesTheSupervisor(t *testing.T) {
	argv := helper("supervise")
	supervisor := exec.Command(argv[0], argv[1:]...)
	out, err := supervisor.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	var text string
	if _, err := fmt.Fscan(out, &pid, &text); err != nil || text != "<nil>" {
		t.Fatalf("%v %q", err, text)
	}
	if err := supervisor.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Wait(); err == nil {
		t.Error("the supervisor was not killed")
	}
	newBench(t).untilGone(pid)
}

func TestIDInUse(t *testing.T) {
	b := newBench(t)
	b.start(7, "sleep", "60")
	_, err := b.Start(7, b.spec(7, "true"))
	if err == nil || !strings.Contains(err.Error(), `cannot start "true": a command with ID 7 is running`) {
		t.Errorf("%v", err)
	}
}
