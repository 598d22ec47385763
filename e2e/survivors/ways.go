//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// way is a way to end a tool.
type way struct {
	name       string
	supervisor bool // for the process behind wprun
	terminal   bool // the tool has one
	do         func(j *job) error
}

var ways = []way{
	{name: "SIGTERM", do: toTool(syscall.SIGTERM)},
	{name: "SIGINT twice", do: twice},
	{name: "SIGHUP", do: toTool(syscall.SIGHUP)},
	{name: "SIGQUIT", do: toTool(syscall.SIGQUIT)},
	{name: "SIGSEGV", do: toTool(syscall.SIGSEGV)},
	killed,
	{name: "SIGKILL of the job", do: func(j *job) error { return send(-j.pid(), syscall.SIGKILL) }},
	{name: "closed terminal", terminal: true, do: func(j *job) error { return j.master.Close() }},
	{name: "SIGTERM of the supervisor", supervisor: true, do: toSupervisor(syscall.SIGTERM)},
	{name: "SIGSEGV of the supervisor", supervisor: true, do: toSupervisor(syscall.SIGSEGV)},
	{name: "SIGKILL of the supervisor", supervisor: true, do: toSupervisor(syscall.SIGKILL)},
}

var killed = way{name: "SIGKILL", do: toTool(syscall.SIGKILL)}

func send(pid int, s syscall.Signal) error { return syscall.Kill(pid, s) }

func toTool(s syscall.Signal) func(*job) error {
	return func(j *job) error { return send(j.pid(), s) }
}

// twice interrupts again when the first interrupt has been told of, or when the
// tool has had time to; it may be gone then.
func twice(j *job) error {
	if err := send(j.pid(), syscall.SIGINT); err != nil {
		return err
	}
	ticks(50, func() bool { return isClosed(j.ended) || strings.Contains(j.said(), "SIGINT") })
	if err := send(j.pid(), syscall.SIGINT); !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

func toSupervisor(s syscall.Signal) func(*job) error {
	return func(j *job) error {
		lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", j.pid()))
		if err != nil {
			return err
		}
		for _, list := range lists {
			for _, field := range strings.Fields(text(list)) {
				pid, err := strconv.Atoi(field)
				if err == nil && strings.HasPrefix(text(fmt.Sprintf("/proc/%d/cmdline", pid)), "wpguard") {
					return send(pid, s)
				}
			}
		}
		return fmt.Errorf("cannot find the supervisor of process %d", j.pid())
	}
}

func text(name string) string {
	data, _ := os.ReadFile(name)
	return string(data)
}
