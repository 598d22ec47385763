//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// mark is the variable by which the processes of one try are found.
const mark = "SURVIVORS"

// count is how many processes of an actor are alive.
func count(dir, actor string) int {
	n := 0
	for _, name := range files(filepath.Join(dir, actor+"*.pid")) {
		if pid, err := strconv.Atoi(text(name)); err == nil && alive(pid, dir) {
			n++
		}
	}
	for _, name := range files(filepath.Join(dir, actor+"*.hops")) {
		if moves(name) {
			n++
		}
	}
	return n
}

func files(pattern string) []string {
	names, err := filepath.Glob(pattern)
	if err != nil {
		panic(err) // of the pattern
	}
	return names
}

// moves says whether a hopper still counts.
func moves(counter string) bool {
	before := text(counter)
	return ticks(10, func() bool { return text(counter) != before })
}

// alive says whether a process of the try in dir runs and is no zombie.
func alive(pid int, dir string) bool {
	stat := text(fmt.Sprintf("/proc/%d/stat", pid))
	fields := strings.Fields(stat[strings.LastIndex(stat, ")")+1:])
	return len(fields) > 0 && fields[0] != "Z" && fields[0] != "X" && marked(pid, dir)
}

func marked(pid int, dir string) bool {
	return strings.Contains("\x00"+text(fmt.Sprintf("/proc/%d/environ", pid)), "\x00"+mark+"="+dir+"\x00")
}

// sweep ends what is left of the try in dir.
func sweep(dir string) error {
	for _, name := range files(filepath.Join(dir, "*.hops")) {
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	if !ticks(1000, func() bool { return killAll(dir) == 0 }) {
		return fmt.Errorf("cannot end all that was started in %q", dir)
	}
	return nil
}

// killAll returns how many it found.
func killAll(dir string) int {
	n := 0
	for _, name := range files("/proc/[0-9]*") {
		pid, err := strconv.Atoi(filepath.Base(name))
		if err == nil && pid != os.Getpid() && alive(pid, dir) {
			n++
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return n
}

// ticks looks up to n times, a hundredth of a second apart, whether done is true.
// On a busy machine it waits longer, as those that it waits for do.
func ticks(n int, done func() bool) bool {
	for range n {
		if done() {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return done()
}
