package probe

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func sendWith(t *testing.T, path, message string, control []byte) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Sendmsg(fd, []byte(message), control, &unix.SockaddrUnix{Name: path}, 0); err != nil {
		t.Fatal(err)
	}
}

// sd_notify_barrier(3) waits until its end of a pipe is the last one.
func TestBarrier(t *testing.T) {
	l := listen(t, shallow(t))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	sendWith(t, l.Path(), "BARRIER=1", unix.UnixRights(int(w.Fd())))
	_ = w.Close()
	if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes: %v", n, err)
	}
}

// However many file descriptors come, and with whatever message, none stays.
func TestFileDescriptorsThatComeAlongAreClosed(t *testing.T) {
	l := listen(t, shallow(t))
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	many := make([]int, maxRights)
	for i := range many {
		many[i] = int(w.Fd())
	}
	for _, message := range []string{"FDSTORE=1", "", strings.Repeat("x", 2*maxDatagram)} {
		sendWith(t, l.Path(), message, unix.UnixRights(many...))
	}
	_ = w.Close()
	if n, err := r.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d bytes: %v", n, err)
	}
}

func TestStrangersAreNotHeard(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can send in the name of another user")
	}
	l := listen(t, shallow(t))
	stranger := &unix.Ucred{Pid: int32(os.Getpid()), Uid: 65534, Gid: 65534}
	sendWith(t, l.Path(), "READY=1", unix.UnixCredentials(stranger))
	sendWith(t, l.Path(), "STATUS=mine", nil)
	if got := <-l.Messages(); got != "STATUS=mine" {
		t.Errorf("heard %q", got)
	}
}

func TestWhoIsTrusted(t *testing.T) {
	for uid, want := range map[int]bool{0: true, os.Geteuid(): true, os.Geteuid() + 1: false} {
		if got := trusted(uid); got != want {
			t.Errorf("user %d: %t", uid, got)
		}
	}
}

// TestSystemdNotify has the reference client send, barrier and all. It is a
// child of this process, as a child of the service would be.
func TestSystemdNotify(t *testing.T) {
	program, err := exec.LookPath("systemd-notify")
	if err != nil {
		t.Skip("this machine has no systemd-notify")
	}
	l := listen(t, shallow(t))
	cmd := exec.Command(program, "--ready", "--status=serving")
	cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+l.Path())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	n := parseNotice(<-l.Messages())
	if !n.ready || n.status == nil || *n.status != "serving" {
		t.Errorf("heard %+v", n)
	}
}
