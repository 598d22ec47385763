package probe

import (
	"math"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
)

// notice is what one datagram of a service says; see sd_notify(3). What is not
// here is ignored: MAINPID, FDSTORE and so on are for a service manager that
// keeps more than it was given.
type notice struct {
	ready, reloading, stopping bool
	// beat is WATCHDOG=1, trigger is WATCHDOG=trigger.
	beat, trigger bool
	// watchdog is a new time between two beats; 0 is none.
	watchdog *time.Duration
	// extend gives it that long again to do what it has announced.
	extend time.Duration
	// status is one line, without what would move a terminal's cursor.
	status *string
}

// maxStatus is in characters.
const maxStatus = 200

func parseNotice(datagram string) notice {
	var n notice
	errno := ""
	for line := range strings.SplitSeq(datagram, "\n") {
		key, value, _ := strings.Cut(line, "=")
		switch key {
		case "READY":
			n.ready = n.ready || value == "1"
		case "RELOADING":
			n.reloading = n.reloading || value == "1"
		case "STOPPING":
			n.stopping = n.stopping || value == "1"
		case "WATCHDOG":
			n.beat = n.beat || value == "1"
			n.trigger = n.trigger || value == "trigger"
		case "WATCHDOG_USEC":
			if d, ok := microseconds(value); ok {
				n.watchdog = &d
			}
		case "EXTEND_TIMEOUT_USEC":
			n.extend, _ = microseconds(value)
		case "STATUS":
			text := printable(value)
			n.status = &text
		case "ERRNO":
			errno = explainErrno(value)
		}
	}
	n.addErrno(errno)
	return n
}

func (n *notice) addErrno(text string) {
	switch {
	case text == "":
	case n.status == nil || *n.status == "":
		n.status = &text
	default:
		both := *n.status + " (" + text + ")"
		n.status = &both
	}
}

// microseconds takes what no Duration can hold as 0: it means never.
func microseconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, false
	}
	if n > math.MaxInt64/uint64(time.Microsecond) {
		return 0, true
	}
	return time.Duration(n) * time.Microsecond, true
}

func explainErrno(text string) string {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil || n == 0 {
		return ""
	}
	return syscall.Errno(n).Error()
}

func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > maxStatus {
		text = string(runes[:maxStatus-1]) + "…"
	}
	return strings.TrimSpace(text)
}
