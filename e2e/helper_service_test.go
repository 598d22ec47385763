//go:build linux

package e2e

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"wprun/e2e/forks"
)

// live has the steps of services that come and go.
func (h *helping) live(word, value string) error {
	switch word {
	case "first": // FILE STEP...: do the steps only as long as FILE is not there
		return h.first(strings.Fields(value))
	case "touch": // make a file, or change one
		return os.WriteFile(value, []byte(time.Now().String()), 0o666)
	case "remove": // a file
		return os.Remove(value)
	case "kill": // SIGNAL PID
		name, pid, _ := strings.Cut(value, " ")
		n, err := strconv.Atoi(pid)
		if err != nil {
			return err
		}
		return unix.Kill(n, unix.SignalNum(name))
	case "notify": // as sd_notify(3) does; ";" stands for a newline
		return notify(strings.ReplaceAll(value, ";", "\n"))
	case "pulse": // send WATCHDOG=1 until a file is there
		for !isThere(value) {
			if err := notify("WATCHDOG=1"); err != nil {
				return err
			}
			time.Sleep(50 * time.Millisecond)
		}
	case "hop": // FILE: leave a process behind that no number names for long
		return forks.Hop(value, lifetime)
	case "bomb": // FILE: leave a process behind that becomes more and more
		return forks.Bomb(value, lifetime)
	case "sized": // wait until the terminal has so many rows and columns: 24x80
		return sized(value)
	default:
		return fmt.Errorf("no such step")
	}
	return nil
}

func (h *helping) first(words []string) error {
	if isThere(words[0]) {
		return nil
	}
	if err := os.WriteFile(words[0], []byte("x"), 0o666); err != nil {
		return err
	}
	for _, step := range words[1:] {
		word, value, _ := strings.Cut(step, "=")
		if err := h.do(word, value); err != nil {
			return err
		}
	}
	return nil
}

func isThere(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

func notify(text string) error {
	conn, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = conn.Write([]byte(text))
	return err
}

func sized(wanted string) error {
	changed := make(chan os.Signal, 1)
	signal.Notify(changed, unix.SIGWINCH)
	for {
		ws, err := unix.IoctlGetWinsize(1, unix.TIOCGWINSZ)
		if err != nil {
			return err
		}
		if fmt.Sprintf("%dx%d", ws.Row, ws.Col) == wanted {
			return nil
		}
		<-changed
	}
}
