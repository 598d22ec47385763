package guard

import (
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// stopMode is the first argument that makes this program a process that is stopped,
// or is not: the second says how. It ends with 0, or within actorLimit.
const (
	stopMode   = "stop"
	actorLimit = time.Minute
)

// stopActors are given the SIGCONTs and SIGTSTPs that Go hands over.
var stopActors = map[string]func(<-chan os.Signal){
	"taken": func(<-chan os.Signal) { holdStop().take() },
	"continued": func(signals <-chan os.Signal) {
		h := holdStop()
		_ = syscall.Kill(os.Getpid(), syscall.SIGCONT)
		<-signals
		h.take()
	},
	"dropped": func(signals <-chan os.Signal) {
		holdStop().drop()
		_ = syscall.Kill(os.Getpid(), syscall.SIGTSTP)
		<-signals // it does not stop this process
	},
	"not held": func(signals <-chan os.Signal) {
		runtime.LockOSThread()
		_ = unix.PthreadSigmask(unix.SIG_BLOCK, setOf(unix.SIGCONT), nil)
		_ = unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGCONT)
		if holdStop() != nil {
			os.Exit(1)
		}
		<-signals // it was not forgotten
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == stopMode {
		time.AfterFunc(actorLimit, func() { os.Exit(2) })
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, syscall.SIGCONT, syscall.SIGTSTP)
		stopActors[os.Args[2]](signals)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Only a stop that no SIGCONT has overtaken stops the process, whatever Go makes of
// either signal.
func TestHeldStop(t *testing.T) {
	for how := range stopActors {
		t.Run(how, func(t *testing.T) {
			stops, want := 0, 0
			if how == "taken" {
				want = 1
			}
			status := await(t, startActor(t, how), func(pid int) {
				stops++
				_ = syscall.Kill(pid, syscall.SIGCONT)
			})
			if stops != want || status.ExitStatus() != 0 {
				t.Errorf("stopped %d times, want %d; %#x", stops, want, status)
			}
		})
	}
}

// startActor starts a process in a group of its own, which this one could let go on.
func startActor(t *testing.T, how string) int {
	t.Helper()
	cmd := exec.Command("/proc/self/exe", stopMode, how)
	cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0") // or it would linger for a second
	cmd.Stderr, cmd.SysProcAttr = os.Stderr, &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

// await returns how a child has ended, and tells when it was stopped.
func await(t *testing.T, pid int, stopped func(pid int)) syscall.WaitStatus {
	t.Helper()
	for {
		var status syscall.WaitStatus
		_, err := syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			t.Fatal(err)
		case !status.Stopped():
			return status
		default:
			stopped(pid)
		}
	}
}
