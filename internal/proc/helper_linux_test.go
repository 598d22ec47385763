package proc

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// helpers are the programs that the tests start: this binary with
// "helper=NAME" as its first argument.
var helpers = map[string]func(args []string){
	"files":     listFiles,
	"sleep":     sleepDeaf,
	"stray":     startStray,
	"headless":  loseThread,
	"hop":       hop,
	"supervise": supervise,
	"bytes":     writeBytes,
	"divide":    divideGroup,
	"limited":   startLimited,
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if name, ok := strings.CutPrefix(os.Args[1], "helper="); ok {
			helpers[name](os.Args[2:])
			return
		}
	}
	runtime.LockOSThread()
	go func() { os.Exit(m.Run()) }()
	for f := range onMainThread {
		f()
	}
}

// onMainThread runs functions on the thread that is given the orphans.
var onMainThread = make(chan func())

func helper(name string, args ...string) []string {
	return append([]string{"/proc/self/exe", "helper=" + name}, args...)
}

// listFiles prints the number of each open file, but not of the list itself.
func listFiles([]string) {
	// The runtime opens files of its own; those are above what was inherited.
	names, _ := filepath.Glob("/proc/self/fd/*")
	for _, name := range names {
		target, err := os.Readlink(name)
		if err != nil || strings.Contains(target, "/fd") || strings.HasPrefix(target, "anon_inode:") || strings.HasPrefix(target, "/sys/") {
			continue
		}
		fmt.Println(filepath.Base(name), strings.Split(target, ":")[0])
	}
}

// sleepDeaf says "ready" and ignores everything that can be ignored.
func sleepDeaf([]string) {
	signal.Ignore(unix.SIGTERM, unix.SIGINT, unix.SIGHUP)
	fmt.Println("ready")
	time.Sleep(time.Minute)
}

// loseThread says "ready" and goes on without its first thread, as a program in C
// does whose main calls pthread_exit(3).
func loseThread([]string) {
	runtime.LockOSThread()
	if unix.Gettid() != os.Getpid() {
		_ = unix.Exec("/proc/self/exe", os.Args, os.Environ()) // the new program has one thread
	}
	go func() {
		for stateOf(os.Getpid()) != 'Z' {
			time.Sleep(time.Millisecond)
		}
		fmt.Println("ready")
		time.Sleep(time.Minute)
		os.Exit(0)
	}()
	_, _, _ = syscall.Syscall(syscall.SYS_EXIT, 0, 0, 0) // of this thread
}

// startStray starts a deaf sleeper in a session of its own and prints its
// number. "bare" gives it an empty environment, "stay" waits beside it; with
// "headless" it is a program without its first thread, which is waited for.
func startStray(args []string) {
	flags := strings.Join(args, " ")
	argv := helper("sleep")
	headless := strings.Contains(flags, "headless")
	if headless {
		argv = helper("headless")
	}
	stray := exec.Command(argv[0], argv[1:]...)
	stray.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	stray.Stdout = os.Stdout
	if strings.Contains(flags, "bare") {
		stray.Env = []string{"A=b"}
	}
	if err := stray.Start(); err != nil {
		fmt.Println(err)
	}
	for headless && stateOf(stray.Process.Pid) != 'Z' {
		time.Sleep(time.Millisecond)
	}
	fmt.Println("stray", stray.Process.Pid)
	if strings.Contains(flags, "stay") {
		time.Sleep(time.Minute)
	}
}

// hop leaves a process that every 300 us forks, into a new session, and exits.
func hop(args []string) {
	runtime.LockOSThread()
	if pid := fork(); pid == 0 {
		hopForever()
	}
	fmt.Println("hopping")
	if len(args) > 0 && args[0] == "stay" {
		time.Sleep(time.Minute)
	}
}

// fork is fork(2). The child has one thread and no Go runtime: only raw
// system calls are safe in it.
//
//go:norace
func fork() uintptr {
	pid, _, _ := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0)
	return pid
}

// hopForever ends by itself after half a minute.
//
//go:norace
func hopForever() {
	pause := syscall.Timespec{Nsec: 300_000}
	for range 50_000 {
		syscall.RawSyscall(syscall.SYS_SETSID, 0, 0, 0)
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0)
		if pid, _, _ := syscall.RawSyscall(syscall.SYS_CLONE, uintptr(syscall.SIGCHLD), 0, 0); pid != 0 {
			break
		}
	}
	syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 0, 0, 0)
}

// supervise runs a sleeper in a Set and prints its number.
func supervise([]string) {
	runtime.LockOSThread()
	s, err := NewSet()
	if err != nil {
		fmt.Println(err)
		return
	}
	pid, err := s.Start(1, Spec{Argv: []string{"sleep", "60"}, Env: os.Environ()})
	fmt.Println(pid, err)
	for len(s.Wait(true, nil)) == 0 {
		s.Begun()
	}
}

// writeBytes writes every byte value, 1000 times over.
func writeBytes([]string) {
	os.Stdout.Write(allBytes())
}

func allBytes() []byte {
	var all []byte
	for i := range 256 * 1000 {
		all = append(all, byte(i))
	}
	return all
}
