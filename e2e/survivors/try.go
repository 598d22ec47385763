//go:build linux

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"wprun/e2e/pty"
)

// The patience with things, in hundredths of a second.
const (
	toBegin = 3000
	toEnd   = 1500 // of the tool, after it was asked
	after   = 200  // the two seconds after the tool's end
)

// outcome is what came of one try.
type outcome struct {
	alive map[string]int // processes left, by actor
	end   string         // of the tool
	said  string
}

// try runs a tool with all actors, ends it and looks what is left.
func try(t tool, w way, parent string) (outcome, error) {
	dir, err := os.MkdirTemp(parent, t.name+"-")
	if err != nil {
		return outcome{}, fmt.Errorf("cannot make a folder: %w", err)
	}
	j, err := begin(t, w, dir)
	if err != nil {
		return outcome{}, err
	}
	o, err := j.conduct(w)
	_ = j.cmd.Process.Kill() // an error means that it is gone
	return o, errors.Join(err, sweep(dir))
}

// job is a running tool.
type job struct {
	cmd    *exec.Cmd
	dir    string
	master *os.File // of its terminal, or nil
	ended  chan struct{}
}

func (j *job) pid() int     { return j.cmd.Process.Pid }
func (j *job) said() string { return text(filepath.Join(j.dir, "out")) }

// begin starts the tool as the leader of a session, with a terminal if the way
// needs one: the kernel hangs up what is in the foreground of a terminal when its
// leader ends, which would hide what a tool leaves.
func begin(t tool, w way, dir string) (*job, error) {
	if err := t.lay(dir); err != nil {
		return nil, fmt.Errorf("cannot write the file of %s: %w", t.name, err)
	}
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		return nil, err
	}
	defer out.Close()
	j := &job{cmd: exec.Command(t.program, t.args...), dir: dir, ended: make(chan struct{})}
	j.cmd.Dir, j.cmd.Env = dir, append(os.Environ(), mark+"="+dir, "TERM=dumb")
	j.cmd.Stdout, j.cmd.Stderr = out, out
	j.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if w.terminal {
		slave, err := j.takeTerminal()
		if err != nil {
			return nil, err
		}
		defer slave.Close()
	}
	if err := j.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(j.ended)
		_ = j.cmd.Wait()
	}()
	return j, nil
}

// takeTerminal returns the end that is to be closed when the tool has begun.
func (j *job) takeTerminal() (slave *os.File, err error) {
	if j.master, slave, err = pty.Open(); err != nil {
		return nil, err
	}
	j.cmd.Stdin, j.cmd.Stdout, j.cmd.Stderr = slave, slave, slave
	j.cmd.SysProcAttr.Setctty = true
	go func() { _, _ = io.Copy(io.Discard, j.master) }() // ends when the terminal is closed
	return slave, nil
}

// conduct leaves a tool that does not end to whoever called it.
func (j *job) conduct(w way) (outcome, error) {
	if !ticks(toBegin, func() bool { return isClosed(j.ended) || j.left() == everybody() }) || isClosed(j.ended) {
		return outcome{}, fmt.Errorf("its commands did not all begin; it said:\n%s", j.said())
	}
	if err := w.do(j); err != nil {
		return outcome{}, err
	}
	o := outcome{alive: map[string]int{}, end: "still runs"}
	if ticks(toEnd, func() bool { return isClosed(j.ended) }) {
		o.end = j.cmd.ProcessState.String()
		ticks(after, func() bool { return j.left() == 0 })
	}
	for _, a := range actors {
		o.alive[a] = count(j.dir, a)
	}
	o.said = j.said()
	return o, nil
}

func (j *job) left() int {
	n := 0
	for _, a := range actors {
		n += count(j.dir, a)
	}
	return n
}

func everybody() int {
	n := 0
	for _, size := range sizes {
		n += size
	}
	return n
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// build makes a program of this project, as README.md does.
func build(to, name string) error {
	cmd := exec.Command("go", "build", "-o", to, name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build %s, run this inside the project: %w\n%s", name, err, strings.TrimSpace(string(out)))
	}
	return nil
}
