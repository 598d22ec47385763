//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// isAlive says whether a process runs; one that has ended and that nobody has
// waited for does not.
func isAlive(pid int) bool {
	state := stateOf(pid)
	return state != 0 && state != 'Z' && state != 'X'
}

// stateOf is the letter of proc_pid_stat(5), 0 if there is no such process.
func stateOf(pid int) byte {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, fields, _ := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(" "))
	if len(fields) == 0 {
		return 0
	}
	return fields[0]
}

// tracedBy is the process that traces another, 0 if none does.
func tracedBy(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, rest, _ := strings.Cut(string(status), "TracerPid:")
	field, _, _ := strings.Cut(strings.TrimSpace(rest), "\n")
	tracer, _ := strconv.Atoi(field)
	return tracer
}

// commandLine names a process for messages.
func commandLine(pid int) string {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
}

// processesOf finds what was started by the story that works in dir: by its
// environment, in which every story has its WORK and every command its run, or by
// its working directory.
func processesOf(dir string) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	marks := [][]byte{[]byte("\x00WORK=" + dir + "\x00")}
	for _, run := range runsOf(dir) {
		marks = append(marks, []byte("\x00WPRUN_RUN_ID="+filepath.Base(run)+"\x00"))
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && pid != os.Getpid() && belongsTo(pid, dir, marks) && isAlive(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func belongsTo(pid int, dir string, marks [][]byte) bool {
	proc := fmt.Sprintf("/proc/%d", pid)
	environ, _ := os.ReadFile(filepath.Join(proc, "environ"))
	environ = append([]byte{0}, environ...)
	for _, mark := range marks {
		if bytes.Contains(environ, mark) {
			return true
		}
	}
	cwd, err := os.Readlink(filepath.Join(proc, "cwd"))
	return err == nil && strings.HasPrefix(cwd+"/", dir+"/")
}

func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }
