//go:build linux

package e2e

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"

	"wprun/e2e/pty"
)

// job is a program in the background of a story.
type job struct {
	cmd    *exec.Cmd
	ended  chan struct{} // closed when it has ended and its output is complete
	master *os.File      // of its terminal, or nil
	out    string        // files of its output
	err    string
}

func start(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 2, "start NAME COMMAND...")
	j := newJob(ts, args)
	j.err = ts.MkAbs(args[0] + ".err")
	out, err := os.Create(j.out)
	ts.Check(err)
	defer out.Close()
	errs, err := os.Create(j.err)
	ts.Check(err)
	defer errs.Close()
	j.cmd.Stdout, j.cmd.Stderr = out, errs
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as a shell with job control does
	ts.Check(j.cmd.Start())
	go func() {
		defer close(j.ended)
		_ = j.cmd.Wait()
	}()
}

// newJob prepares a job without starting it.
func newJob(ts *testscript.TestScript, args []string) *job {
	s, name := storyOf(ts), args[0]
	if s.jobs[name] != nil {
		ts.Fatalf("there is a job %q already", name)
	}
	path, err := exec.LookPath(args[1])
	ts.Check(err)
	j := &job{
		cmd:   &exec.Cmd{Path: path, Args: args[1:], Dir: ts.MkAbs("."), Env: append(s.env, "PWD="+ts.MkAbs("."))},
		ended: make(chan struct{}),
		out:   ts.MkAbs(name + ".out"),
	}
	s.jobs[name] = j
	return j
}

func terminal(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 2, "pty NAME COMMAND...")
	master, slave, err := pty.Open()
	ts.Check(err)
	defer slave.Close()
	j := newJob(ts, args)
	out, err := os.Create(j.out)
	ts.Check(err)
	j.master = master
	j.cmd.Stdin, j.cmd.Stdout, j.cmd.Stderr = slave, slave, slave
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	ts.Check(j.cmd.Start())
	shown := make(chan struct{})
	go func() {
		defer close(shown)
		_, _ = io.Copy(out, master) // ends with an error when nobody has the terminal
		_ = out.Close()
	}()
	go func() {
		defer close(j.ended)
		_ = j.cmd.Wait()
		<-shown
		_ = master.Close()
	}()
}

func jobOf(ts *testscript.TestScript, name string) *job {
	j := storyOf(ts).jobs[name]
	if j == nil {
		ts.Fatalf("there is no job %q", name)
	}
	return j
}

// apart keeps two requests from being taken for one that came twice: 20 ms must
// have passed since the first was heard, of which the story has seen evidence.
const apart = 40 * time.Millisecond

func press(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2 && len(args[1]) == 2 && args[1][0] == '^', "press NAME ^LETTER")
	time.Sleep(apart)
	_, err := jobOf(ts, args[0]).master.Write([]byte{args[1][1] & 0x1f})
	ts.Check(err)
}

func hangup(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "hangup NAME")
	ts.Check(jobOf(ts, args[0]).master.Close())
}

func signalJob(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2 && unix.SignalNum(args[1]) != 0, "signal NAME[:supervisor|:group] SIGNAL")
	name, whom, _ := strings.Cut(args[0], ":")
	pid := jobOf(ts, name).cmd.Process.Pid
	switch whom {
	case "":
	case "group":
		pid = -pid
	case "supervisor":
		pid = supervisorOf(pid)
	default:
		ts.Fatalf("unknown part of a job: %q", whom)
	}
	if pid == 0 {
		ts.Fatalf("%s has no supervisor", name)
	}
	time.Sleep(apart)
	ts.Check(unix.Kill(pid, unix.SignalNum(args[1])))
}

// supervisorOf finds the child of a front that calls itself wpguard; 0 if there
// is none.
func supervisorOf(front int) int {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", front))
	if err != nil {
		return 0
	}
	for _, task := range tasks {
		for _, field := range strings.Fields(fileText(task)) {
			pid, err := strconv.Atoi(field)
			if err == nil && strings.HasPrefix(commandLine(pid), "wpguard") {
				return pid
			}
		}
	}
	return 0
}

func (l lab) ends(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "ends NAME CODE")
	s, j := storyOf(ts), jobOf(ts, args[0])
	if !j.wait(l.limit) {
		ts.Fatalf("waited %v in vain for the end of %s; it said:\n%s", l.limit, args[0], j.said())
	}
	delete(s.jobs, args[0])
	fmt.Fprint(ts.Stdout(), s.clean(fileText(j.out)))
	fmt.Fprint(ts.Stderr(), s.clean(fileText(j.err)))
	if got := codeOf(j.cmd.ProcessState); got != args[1] {
		ts.Fatalf("%s ended with %s, want %s", args[0], got, args[1])
	}
}

// wait reports false if the job has not ended within the limit.
func (j *job) wait(limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-j.ended:
		return true
	case <-timer.C:
		return false
	}
}

func (j *job) said() string { return fileText(j.out) + fileText(j.err) }

func fileText(name string) string {
	text, _ := os.ReadFile(name)
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}
