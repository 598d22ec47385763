//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"wprun/e2e/forks"
)

// actorMode is the first argument of this program where it plays a command.
const actorMode = "actor"

// actors are the commands that a tool is given, all at once.
var actors = []string{"plain", "tree", "deaf", "daemon", "hopper"}

// sizes are the numbers of their processes.
var sizes = map[string]int{"plain": 1, "tree": 3, "deaf": 1, "daemon": 2, "hopper": 2}

// lifetime bounds an actor that nobody ends, whatever goes wrong.
const lifetime = time.Minute

// act plays a part: DIR PART NAME. It leaves NAME.pid in DIR.
func act(args []string) {
	dir, part, name := args[0], args[1], args[2]
	time.AfterFunc(lifetime, func() { os.Exit(99) })
	if err := play(dir, part, name); err != nil {
		fmt.Fprintf(os.Stderr, "actor %s: %v\n", name, err)
		os.Exit(98)
	}
	if err := writePid(filepath.Join(dir, name+".pid")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(98)
	}
	select {}
}

func play(dir, part, name string) error {
	switch part {
	case "plain":
	case "deaf":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
	case "tree":
		return again(nil, dir, "child", name+"-child").Start()
	case "child":
		return again(nil, dir, "plain", name+"-child").Start()
	case "daemon": // a process between starts it and is gone
		return again(&syscall.SysProcAttr{Setsid: true}, dir, "between", name+"-daemon").Run()
	case "between":
		return gone(again(&syscall.SysProcAttr{Setsid: true}, dir, "plain", name).Start())
	case "hopper":
		return again(nil, dir, "hop", name+"-hop").Start()
	case "hop":
		return gone(forks.Hop(filepath.Join(dir, name+".hops"), lifetime))
	default:
		return fmt.Errorf("no such part: %q", part)
	}
	return nil
}

// gone ends this process, whose part is played, unless there was an error.
func gone(err error) error {
	if err == nil {
		os.Exit(0)
	}
	return err
}

// again prepares another actor with the same streams.
func again(attr *syscall.SysProcAttr, args ...string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe", append([]string{actorMode}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = os.Stdin, os.Stdout, os.Stderr, attr
	return cmd
}

// writePid lets nobody see half a number.
func writePid(name string) error {
	if err := os.WriteFile(name+".new", []byte(strconv.Itoa(os.Getpid())), 0o666); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}
