package probe

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestParseNotice(t *testing.T) {
	text := func(s string) *string { return &s }
	after := func(d time.Duration) *time.Duration { return &d }
	tests := []struct {
		datagram string
		want     notice
	}{
		{"", notice{}},
		{"\n\n", notice{}},
		{"READY=1", notice{ready: true}},
		{"READY=1\n", notice{ready: true}},
		{"READY=0\nREADY=\nREADY", notice{}},
		{" READY=1", notice{}},
		{"READY=1\nREADY=0", notice{ready: true}},
		{"READY=1\nSTATUS=Serving\nMAINPID=4711", notice{ready: true, status: text("Serving")}},
		{"RELOADING=1\nMONOTONIC_USEC=81234567", notice{reloading: true}},
		{"STOPPING=1", notice{stopping: true}},
		{"WATCHDOG=1", notice{beat: true}},
		{"WATCHDOG=trigger", notice{trigger: true}},
		{"WATCHDOG=2", notice{}},
		{"WATCHDOG_USEC=20000000", notice{watchdog: after(20 * time.Second)}},
		{"WATCHDOG_USEC=0", notice{watchdog: after(0)}},
		{"WATCHDOG_USEC=18446744073709551615", notice{watchdog: after(0)}},
		{"WATCHDOG_USEC=9223372036854775", notice{watchdog: after(9223372036854775 * time.Microsecond)}},
		{"WATCHDOG_USEC=9223372036854776", notice{watchdog: after(0)}},
		{"WATCHDOG_USEC=soon", notice{}},
		{"WATCHDOG_USEC=-1", notice{}},
		{"EXTEND_TIMEOUT_USEC=1500000", notice{extend: 1500 * time.Millisecond}},
		{"STATUS=a=b", notice{status: text("a=b")}},
		{"STATUS=", notice{status: text("")}},
		{"STATUS=one\nSTATUS=two", notice{status: text("two")}},
		{"STATUS= \x1b[2Jred\a\u202e \xff\t ", notice{status: text("[2Jred \uFFFD")}},
		{"ERRNO=2", notice{status: text("no such file or directory")}},
		{"ERRNO=2\nSTATUS=cannot open data", notice{status: text("cannot open data (no such file or directory)")}},
		{"ERRNO=0\nERRNO=x", notice{}},
		{"BARRIER=1", notice{}},
		{"FDSTORE=1\nX_MINE=READY=1\nready=1", notice{}},
		{"\x00READY=1\x00", notice{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, parseNotice(tt.datagram), cmp.AllowUnexported(notice{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.datagram, diff)
		}
	}
}

func TestALongStatusIsCut(t *testing.T) {
	n := parseNotice("STATUS=" + strings.Repeat("ü", 1000))
	if want := strings.Repeat("ü", maxStatus-1) + "…"; *n.status != want {
		t.Errorf("status %q", *n.status)
	}
}

func FuzzNotice(f *testing.F) {
	for _, seed := range []string{
		"READY=1\nSTATUS=x\nWATCHDOG_USEC=1", "WATCHDOG=trigger", "ERRNO=65535\nSTATUS=\xff\x00", "EXTEND_TIMEOUT_USEC=99999999999999999999",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, datagram string) {
		n := parseNotice(datagram)
		lines := strings.Split(datagram, "\n")
		for word, said := range map[string]bool{
			"READY=1": n.ready, "RELOADING=1": n.reloading, "STOPPING=1": n.stopping, "WATCHDOG=1": n.beat, "WATCHDOG=trigger": n.trigger,
		} {
			if said != slices.Contains(lines, word) {
				t.Errorf("%s: %t", word, said)
			}
		}
		if n.extend < 0 || n.watchdog != nil && *n.watchdog < 0 {
			t.Errorf("a time below 0: %v, %v", n.extend, n.watchdog)
		}
		if n.status == nil {
			return
		}
		text, _, _ := strings.Cut(*n.status, " (")
		if utf8.RuneCountInString(text) > maxStatus || strings.ContainsFunc(*n.status, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("status %q", *n.status)
		}
	})
}
