package probe

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func listen(t *testing.T, dir string) *Listener {
	t.Helper()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// shallow is a directory whose name is short, which that of a test need not be.
func shallow(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "probe-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func dial(path string) (*net.UnixConn, error) {
	return net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
}

func send(t *testing.T, path string, messages ...string) {
	t.Helper()
	conn, err := dial(path)
	if err != nil {
		t.Error(err)
		return
	}
	defer conn.Close()
	for _, m := range messages {
		if _, err := conn.Write([]byte(m)); err != nil {
			t.Error(err)
		}
	}
}

func TestListenerBringsMessagesInOrder(t *testing.T) {
	l := listen(t, shallow(t))
	var want []string
	for i := range 3 * backlog {
		want = append(want, fmt.Sprint("STATUS=", i))
	}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		send(t, l.Path(), want...)
	}()
	for _, w := range want {
		if got := <-l.Messages(); got != w {
			t.Errorf("got %q, want %q", got, w)
		}
	}
	<-sent
}

func TestListenerIsWhereItWasToldToBe(t *testing.T) {
	dir := shallow(t)
	l, other := listen(t, dir), listen(t, dir)
	if filepath.Dir(l.Path()) != dir || filepath.Dir(other.Path()) != dir || l.Path() == other.Path() {
		t.Errorf("sockets %q and %q, want two in %q", l.Path(), other.Path(), dir)
	}
	l.Close()
	l.Close()
	if _, err := os.Lstat(l.Path()); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	send(t, other.Path(), "READY=1")
	if got := <-other.Messages(); got != "READY=1" {
		t.Errorf("the other got %q", got)
	}
}

// The address of a socket has 108 bytes; see unix(7).
func TestListenerOfADeepDirectory(t *testing.T) {
	deep := filepath.Join(t.TempDir(), strings.Repeat("d", 100))
	if err := os.Mkdir(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	missing := filepath.Join(shallow(t), "missing")
	short := shallow(t)
	tests := []struct{ name, dir, runtime, temp, want string }{
		{"in XDG_RUNTIME_DIR", deep, short, "/tmp", short + "/wprun-"},
		{"in TMPDIR, without XDG_RUNTIME_DIR", deep, "", short, short + "/wprun-"},
		{"in TMPDIR, as XDG_RUNTIME_DIR is not there", deep, missing, short, short + "/wprun-"},
		{"in /tmp, as all others are deep", deep, deep, deep, "/tmp/wprun-"},
		{"from a directory that is not there", missing, "", short, short + "/wprun-"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.runtime)
			t.Setenv("TMPDIR", tt.temp)
			l := listen(t, tt.dir)
			own := filepath.Dir(l.Path())
			if !strings.HasPrefix(own, tt.want) {
				t.Errorf("socket %q, want it below %q", l.Path(), tt.want)
			}
			if info, err := os.Stat(own); err != nil || info.Mode().Perm() != 0o700 {
				t.Errorf("%v: %v", info, err)
			}
			send(t, l.Path(), "READY=1")
			if got := <-l.Messages(); got != "READY=1" {
				t.Errorf("got %q", got)
			}
			l.Close()
			if _, err := os.Lstat(own); !os.IsNotExist(err) {
				t.Errorf("%q is still there: %v", own, err)
			}
			if left, err := os.ReadDir(deep); len(left) > 0 || err != nil {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestListenerPassesOverWhatIsTooLong(t *testing.T) {
	l := listen(t, shallow(t))
	fits := "STATUS=" + strings.Repeat("x", maxDatagram-len("STATUS="))
	send(t, l.Path(), "READY=1\n"+strings.Repeat("x", maxDatagram), "", strings.Repeat("READY=1\n", 10000), fits)
	if got := <-l.Messages(); got != fits {
		t.Errorf("got %.50q", got)
	}
}

// A service that talks while it ends has nobody to read it any more.
func TestListenerHoldsNobodyUpWhenNobodyReads(t *testing.T) {
	l := listen(t, shallow(t))
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		for range 5000 {
			send(t, l.Path(), "STATUS=ending")
		}
	}()
	<-sent
}

func TestListenerEndsThoughNobodyReads(t *testing.T) {
	l := listen(t, shallow(t))
	for range backlog + 1 {
		send(t, l.Path(), "STATUS=x")
	}
	l.Close()
}

// TestNotifyByASocket has a service say all that it can over a real socket.
func TestNotifyByASocket(t *testing.T) {
	l := listen(t, shallow(t))
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan string, 10)
	report := func(word string) func(string) { return func(text string) { heard <- word + text } }
	done := make(chan struct{})
	go func() {
		defer close(done)
		Spec{Kind: Notify, Watchdog: 10 * ms}.Follow(ctx, Target{Notify: l.Messages()}, Alive{}, Report{
			Ready: report("ready"), Unready: report("unready: "), NotReady: report("not ready: "),
			Unwell: report("unwell: "), Status: report("status: "),
		})
	}()
	for _, step := range []struct{ say, want string }{
		{"STATUS=loading", "status: loading"},
		{"WATCHDOG_USEC=0\nREADY=1", "ready"},
		{"RELOADING=1", "unready: reloading"},
		{"READY=1", "ready"},
		{"WATCHDOG_USEC=1000", "unwell: no WATCHDOG=1 within 1ms, its status is \"loading\""},
		{"STOPPING=1", "unready: stopping"},
	} {
		send(t, l.Path(), step.say)
		select {
		case got := <-heard:
			if got != step.want {
				t.Errorf("%q: heard %q, want %q", step.say, got, step.want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%q: heard nothing", step.say)
		}
	}
	cancel()
	<-done
}
