package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// startLimited prints the soft limit of open files that a command has, if known is
// told to the Set as what it should be, and whether it was forked plainly.
func startLimited(args []string) {
	known, _ := strconv.ParseUint(args[0], 10, 32)
	OnThread(func() {
		s, err := NewSet()
		if err != nil {
			fmt.Println(err)
			return
		}
		defer s.Close(time.Minute)
		s.SoftFiles(func() uint64 { return known })
		_, without := s.childFiles()
		fmt.Println("without the runtime:", without)
		spec := Spec{Argv: []string{"/bin/sh", "-c", "ulimit -Sn"}, Output: func(p []byte) { fmt.Print(string(p)) }}
		if _, err := s.Start(1, spec); err != nil {
			fmt.Println(err)
			return
		}
		for len(s.Wait(true, nil)) == 0 {
			s.Begun()
		}
	})
}

// Go raises its own soft limit when it starts.
func TestCommandsHaveTheLimitThatTheProgramWasStartedWith(t *testing.T) {
	for _, test := range []struct {
		name, limits, known, want string
	}{
		{"soft is hard", "ulimit -Sn 900; ulimit -Hn 900", "0", "without the runtime: true\n900\n"},
		{"soft is lower and was told", "ulimit -Sn 300; ulimit -Hn 900", "300", "without the runtime: true\n300\n"},
		{"soft is lower and was not told", "ulimit -Sn 300; ulimit -Hn 900", "0", "without the runtime: false\n300\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			argv := append([]string{"-c", test.limits + `; exec "$0" "$@"`, testProgram(t)}, helper("limited", test.known)[1:]...)
			out, err := exec.Command("sh", argv...).CombinedOutput()
			if err != nil || string(out) != test.want {
				t.Errorf("%v\n%s\nwant\n%s", err, out, test.want)
			}
		})
	}
}

// A child that fails before it executes leaves neither a zombie nor a file.
func TestForkThatFailsLeavesNothing(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bench) {
		before := len(openFiles(t))
		for id, spec := range map[ID]Spec{
			1: {Argv: []string{"/etc/passwd"}},
			2: {Argv: []string{"/bin/true"}, Dir: "/nowhere"},
			3: {Argv: []string{"/bin/true", "a\x00b"}},
			4: {Argv: []string{"/bin/true"}, Env: []string{"A=\x00"}},
			5: {Argv: []string{"/bin/true"}, Env: []string{strings.Repeat("x", 1<<22)}},
		} {
			if _, err := b.Start(id, spec); err == nil {
				t.Errorf("%q was started", spec.Argv)
			}
		}
		if after := len(openFiles(t)); after != before {
			t.Errorf("%d open files before, %d after", before, after)
		}
		if _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); !errors.Is(err, unix.ECHILD) {
			t.Errorf("a child is left: %v", err)
		}
	})
}

// The thread that makes a child blocks all signals meanwhile.
func TestSignalsAreBlockedNoLonger(t *testing.T) {
	bothWays(t, func(t *testing.T, b *bench) {
		before := blockedSignals(t)
		b.start(1, "true")
		if after := blockedSignals(t); after != before {
			t.Errorf("blocked before: %v, after: %v", before, after)
		}
	})
}

func blockedSignals(t *testing.T) (set unix.Sigset_t) {
	t.Helper()
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &set); err != nil {
		t.Fatal(err)
	}
	return set
}

func testProgram(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}
