//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// lifetime bounds a helper that nobody ends, whatever goes wrong.
const lifetime = 5 * time.Minute

// helper does one step after the other; each is an argument WORD or WORD=VALUE.
// $NAME in a value is a variable. After the last step it exits 0.
func helper(steps []string) {
	h := helping{caught: make(chan os.Signal, 16)}
	time.AfterFunc(lifetime, func() { os.Exit(99) })
	for _, step := range steps {
		word, value, _ := strings.Cut(step, "=")
		if err := h.do(word, os.ExpandEnv(value)); err != nil {
			fmt.Fprintf(os.Stderr, "helper: %s: %v\n", step, err)
			os.Exit(98)
		}
	}
	os.Exit(0)
}

type helping struct{ caught chan os.Signal }

func (h *helping) do(word, value string) error {
	switch word {
	case "pid": // write the own process number to a file
		return writePid(value, os.Getpid())
	case "ignore": // signals, as in ignore=SIGTERM,SIGINT
		signal.Ignore(signals(value)...)
	case "catch": // signals, for await
		signal.Notify(h.caught, signals(value)...)
	case "await": // wait for a caught signal and name it
		fmt.Println("caught", unix.SignalName((<-h.caught).(syscall.Signal)))
	case "die": // of a signal
		return die(signals(value)[0])
	case "child": // PIDFILE STEP...: leave a process behind that does steps and stays
		return leave(value, nil)
	case "daemon": // the same, in a session of its own, with another parent
		return daemon(value)
	case "forever":
		select {}
	case "exit":
		n, err := strconv.Atoi(value)
		if err != nil {
			return err
		}
		os.Exit(n)
	default:
		return h.talk(word, value)
	}
	return nil
}

// talk has the steps that deal with files, streams and sockets.
func (h *helping) talk(word, value string) error {
	switch word {
	case "print": // a line
		fmt.Println(value)
	case "text": // without newline
		fmt.Print(value)
	case "complain": // a line on stderr
		fmt.Fprintln(os.Stderr, value)
	case "bytes": // so many of them, without newline
		n, err := strconv.Atoi(value)
		if err != nil {
			return err
		}
		_, err = os.Stdout.Write(bytes.Repeat([]byte("x"), n))
		return err
	case "stdin": // read all of it
		n, err := io.Copy(io.Discard, os.Stdin)
		fmt.Printf("stdin has %d bytes\n", n)
		return err
	case "terminal": // try to open it
		_, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		fmt.Println("terminal:", err)
	case "mkdir":
		return os.Mkdir(value, 0o777)
	case "rmdir":
		return os.Remove(value)
	case "see": // say whether something exists
		_, err := os.Lstat(value)
		fmt.Println("there:", err == nil)
	case "wait": // until something exists
		if !within(lifetime, func() bool { _, err := os.Lstat(value); return err == nil }) {
			return fmt.Errorf("waited in vain")
		}
	case "show": // a variable
		fmt.Println(value + "=" + os.Getenv(value))
	case "listen": // at an address, and accept
		_, err := net.Listen("tcp", value)
		return err
	case "serve": // HTTP: ADDRESS STATUS
		return serve(value)
	default:
		return h.live(word, value)
	}
	return nil
}

func signals(names string) []os.Signal {
	var list []os.Signal
	for name := range strings.SplitSeq(names, ",") {
		list = append(list, unix.SignalNum(name))
	}
	return list
}

func die(s os.Signal) error {
	signal.Reset(s)
	if err := syscall.Kill(os.Getpid(), s.(syscall.Signal)); err != nil {
		return err
	}
	select {}
}

// writePid lets nobody see half a number.
func writePid(name string, pid int) error {
	if err := os.WriteFile(name+".new", []byte(strconv.Itoa(pid)), 0o666); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

func leave(value string, attr *syscall.SysProcAttr) error {
	words := strings.Fields(value)
	child, err := again(append(words[1:], "forever"), attr)
	if err != nil {
		return err
	}
	return writePid(words[0], child.Process.Pid)
}

// daemon starts a process that starts the one that stays, and waits for it.
func daemon(value string) error {
	between, err := again([]string{"child=" + value}, &syscall.SysProcAttr{Setsid: true})
	if err != nil {
		return err
	}
	return between.Wait()
}

// again starts this program with the same streams.
func again(steps []string, attr *syscall.SysProcAttr) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, steps...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = os.Stdin, os.Stdout, os.Stderr, attr
	return cmd, cmd.Start()
}

func serve(value string) error {
	address, status, _ := strings.Cut(value, " ")
	code, err := strconv.Atoi(status)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	go func() {
		_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
	}()
	return nil
}
