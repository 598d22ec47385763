package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

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

func TestOutputBeforeExit(t *testing.T) {
	b := newBench(t)
	for i := range ID(30) {
		b.shell(i, "echo out; echo err >&2; printf last")
		b.await(i)
		if got := b.output[i].String(); got != "out\nerr\nlast" {
			t.Fatalf("run %d: %q", i, got)
		}
	}
}

func TestExitSeenBeforeOutput(t *testing.T) {
	b := newBench(t)
	pid := b.shell(1, "head -c 60000 /dev/zero; printf last")
	for living(pid) {
		runtime.Gosched()
	}
	b.handle(b.procs[1].exitToken)
	if got := b.output[1].Len(); got != 60004 || len(b.ended) != 1 {
		t.Errorf("%d bytes, %d reports", got, len(b.ended))
	}
}

func TestOutputOfAnySize(t *testing.T) {
	tests := []struct {
		name string
		argv []string
		want []byte
	}{
		{"none", []string{"true"}, nil},
		{"a pipe full", []string{"sh", "-c", "head -c 65536 /dev/zero"}, make([]byte, 65536)},
		{"3 MB without newline", []string{"sh", "-c", "head -c 3000000 /dev/zero"}, make([]byte, 3000000)},
		{"20 MB", []string{"sh", "-c", "head -c 20000000 /dev/zero"}, make([]byte, 20000000)},
		{"binary", helper("bytes"), allBytes()},
	}
	b := newBench(t)
	for i, test := range tests {
		b.start(ID(i), test.argv...)
		b.await(ID(i))
		if got := b.output[ID(i)].Bytes(); !bytes.Equal(got, test.want) {
			t.Errorf("%s: %d bytes, want %d", test.name, len(got), len(test.want))
		}
	}
}

func TestFloodStarvesNobody(t *testing.T) {
	b := newBench(t)
	flood := b.spec(1, "cat", "/dev/zero")
	flood.Output = func([]byte) {}
	if _, err := b.Start(1, flood); err != nil {
		t.Fatal(err)
	}
	for i := ID(2); i < 10; i++ {
		b.shell(i, "echo here; exit 5")
		if exit := b.await(i); exit.Code != 5 || b.output[i].String() != "here\n" {
			t.Errorf("%+v %q", exit, b.output[i])
		}
	}
	b.Kill(1)
	if exit := b.await(1); exit.Signal != unix.SIGKILL {
		t.Errorf("%+v", exit)
	}
}

func TestOneTurnIsBounded(t *testing.T) {
	b := newBench(t)
	total, bounded := 0, true
	flood := b.spec(1, "cat", "/dev/zero")
	flood.Output = func(p []byte) {
		if total += len(p); bounded {
			bounded = total < 4*turnMax
			awaitFull(b.procs[1].pipe) // a reader slower than the writer
		}
	}
	if _, err := b.Start(1, flood); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first turn only finds out that the pipe is too small
		awaitFull(b.procs[1].pipe)
		total = 0
		b.Wait(false, nil)
	}
	if total < pipeSize || !bounded {
		t.Errorf("one turn delivered %d bytes", total)
	}
	bounded = false
	b.Kill(1)
	b.await(1)
}

func awaitFull(pipe int) {
	for {
		size, err := unix.FcntlInt(uintptr(pipe), unix.F_GETPIPE_SZ, 0)
		filled, _ := unix.IoctlGetInt(pipe, unix.TIOCINQ) // FIONREAD
		if err != nil || filled >= size {
			return
		}
		runtime.Gosched()
	}
}

func TestIdleSetSleeps(t *testing.T) {
	b := newBench(t)
	if ms := b.timeout(true); ms != -1 {
		t.Errorf("with nothing running: %d", ms)
	}
	b.start(1, "sleep", "60")
	if ms := b.timeout(true); ms != 1000 {
		t.Errorf("with one command: %d", ms)
	}
	if ms := b.timeout(false); ms != 0 {
		t.Errorf("without block: %d", ms)
	}
}

func TestNoOutputWanted(t *testing.T) {
	b := newBench(t)
	if _, err := b.Start(1, Spec{Argv: []string{"seq", "100000"}, Env: b.env}); err != nil {
		t.Fatal(err)
	}
	if exit := b.await(1); exit.Code != 0 {
		t.Errorf("%+v", exit)
	}
}

func TestClosedOutputIsNoEnd(t *testing.T) {
	b := newBench(t)
	gate := t.TempDir() + "/gate"
	b.shell(1, "exec >&- 2>&-; while [ ! -e "+gate+" ]; do sleep 0.01; done; exit 9")
	b.until("end of file", func() bool { return b.procs[1].pipe < 0 })
	if exits := b.Wait(false, nil); len(exits) > 0 {
		t.Fatalf("reported %+v while it runs", exits)
	}
	if left := b.pending(); len(left) > 0 {
		t.Errorf("a Wait does not sleep: epoll goes on telling of %+v", left)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if exit := b.await(1); exit.Code != 9 {
		t.Errorf("%+v", exit)
	}
}

func TestStdinIsAtEnd(t *testing.T) {
	b := newBench(t)
	b.shell(1, "cat; readlink /proc/self/fd/0")
	if b.await(1); b.output[1].String() != "/dev/null\n" {
		t.Errorf("%q", b.output[1])
	}
}

func TestOnlyThreeFiles(t *testing.T) {
	// A file that this program was started with is not marked close-on-exec.
	fd, err := unix.Open("/etc/hostname", unix.O_RDONLY, 0)
	if err != nil {
		fd, err = unix.Open("/etc/passwd", unix.O_RDONLY, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	b := newBench(t)
	b.start(1, "sleep", "60")
	b.start(2, helper("files")...)
	if b.await(2); b.output[2].String() != "0 /dev/null\n1 pipe\n2 pipe\n" {
		t.Errorf("%s", b.output[2])
	}
}

func TestChildState(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	spec := b.spec(1, "sh", "-c", `pwd; echo "$X"; cut -d" " -f5,6 /proc/$$/stat; echo $$ $$; grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -Sn`)
	spec.Dir = dir
	spec.Env = append(spec.Env, "X=1", "PWD="+dir)
	pid, err := b.Start(1, spec)
	if err != nil {
		t.Fatal(err)
	}
	if got := b.Pid(1); got != pid || b.Running() != 1 {
		t.Errorf("Pid = %d, want %d; Running = %d", got, pid, b.Running())
	}
	b.await(1)
	want, err := exec.Command("sh", "-c", "grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -Sn").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%s\n1\n%d %d\n%d %d\n%s", dir, pid, pid, pid, pid, want)
	if got := b.output[1].String(); got != text {
		t.Errorf("got\n%swant\n%s", got, text)
	}
	if b.Pid(1) != 0 {
		t.Error("Pid of a command that was reported")
	}
}

func TestPathOfTheCommand(t *testing.T) {
	b := newBench(t)
	dir := t.TempDir()
	for _, sub := range []string{"/bin", "/other"} {
		if err := os.Mkdir(dir+sub, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir+"/bin/tool", "#!/bin/sh\necho bin\n", 0o600)
	write(t, dir+"/other/tool", "#!/bin/sh\necho other\n", 0o700)
	write(t, dir+"/here", "#!/bin/sh\necho here\n", 0o700)
	for i, test := range []struct{ path, name, want string }{
		{"bin:other", "tool", "other\n"},
		{"/nowhere:" + dir + "/other", "tool", "other\n"},
		{":/nowhere", "here", "here\n"},
		{".", "here", "here\n"},
		{"/nowhere", "./here", "here\n"},
		{"/nowhere", "other/tool", "other\n"},
	} {
		id := ID(i)
		spec := b.spec(id, test.name)
		spec.Dir, spec.Env = dir, []string{"PATH=/wrong", "PATH=" + test.path}
		if _, err := b.Start(id, spec); err != nil {
			t.Error(err)
			continue
		}
		if b.await(id); b.output[id].String() != test.want {
			t.Errorf("%q in %q: %q", test.name, test.path, b.output[id])
		}
	}
}

func write(t testing.TB, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(file, mode); err != nil {
		t.Fatal(err)
	}
}

func TestJustWrittenProgram(t *testing.T) {
	b := newBench(t)
	file := t.TempDir() + "/true"
	text, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(text), 0o700)
	writer, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(30*time.Millisecond, func() { writer.Close() })
	b.start(1, file)
	if exit := b.await(1); exit.Code != 0 {
		t.Errorf("%+v", exit)
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
