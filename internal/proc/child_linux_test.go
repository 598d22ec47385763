package proc

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestStdinIsAtEnd(t *testing.T) { bothWays(t, testStdinIsAtEnd) }

func testStdinIsAtEnd(t *testing.T, b *bench) {
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

// bothWays runs a test with each way to make a child.
func bothWays(t *testing.T, test func(*testing.T, *bench)) {
	for name, plain := range map[string]bool{"fork": false, "plain fork": true} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.kernel.plain = plain
			test(t, b)
		})
	}
}

func TestChildState(t *testing.T) { bothWays(t, testChildState) }

func testChildState(t *testing.T, b *bench) {
	dir := t.TempDir()
	spec := b.spec(1, "sh", "-c", `pwd; echo "$X"; cut -d" " -f5,6 /proc/$$/stat; echo $$ $$; grep -E 'Sig(Blk|Ign)' /proc/self/status; ulimit -Sn`)
	spec.Dir = dir
	spec.Env = append(spec.Env, "X=1", "PWD="+dir)
	pid, err := b.Set.Start(1, spec)
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

func TestJustWrittenProgram(t *testing.T) { bothWays(t, testJustWrittenProgram) }

func testJustWrittenProgram(t *testing.T, b *bench) {
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
