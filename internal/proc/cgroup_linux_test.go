package proc

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// groupOf makes a control group that is the test's.
func groupOf(t *testing.T) string {
	t.Helper()
	own, err := ownCgroup()
	if err != nil {
		t.Skipf("no control groups: %v", err)
	}
	group := filepath.Join(own, fmt.Sprintf("wprun-test-%d", os.Getpid()))
	if err := os.Mkdir(group, 0o755); err != nil {
		t.Skipf("no control group may be made: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Rmdir(group); err != nil {
			t.Error(err)
		}
	})
	if unix.Access(filepath.Join(group, "cgroup.kill"), unix.W_OK) != nil {
		t.Skip("this kernel cannot kill a control group")
	}
	return group
}

func runInGroup(t *testing.T, group string) string {
	t.Helper()
	dir, err := os.Open(group)
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	argv := helper("divide")
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(dir.Fd())}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

func TestADelegatedGroupIsDividedAndKilled(t *testing.T) {
	group := groupOf(t)
	if err := unix.Setxattr(group, "user.delegate", []byte("1"), 0); err != nil {
		t.Skipf("a group cannot be marked: %v", err)
	}
	if out := runInGroup(t, group); out != "killed\nremoved\n" {
		t.Errorf("%q", out)
	}
}

func TestAnothersGroupIsLeftAlone(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root could")
	}
	group := groupOf(t)
	want := fmt.Sprintf("cannot use the control group %q: it is somebody else's to divide\n", group)
	if out := runInGroup(t, group); out != want {
		t.Errorf("%q, want %q", out, want)
	}
}

// divideGroup starts a process and one below it in a group of its own, kills the
// group and removes it.
func divideGroup([]string) {
	group, err := Delegated("inner")
	if err != nil {
		fmt.Println(err)
		return
	}
	cmd := exec.Command("sh", "-c", "setsid sleep 60 & sleep 60")
	cmd.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: group.FD()}
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		return
	}
	if err := group.Kill(); err != nil {
		fmt.Println(err)
	}
	_ = cmd.Wait()
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signal() == unix.SIGKILL {
		fmt.Println("killed")
	}
	if err := group.Remove(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("removed")
}
