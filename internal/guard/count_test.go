package guard

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// A request is what is more than the other road has brought already.
func TestCount(t *testing.T) {
	const ms = time.Millisecond
	type arrival struct {
		by     road
		signal syscall.Signal
		at     time.Duration
	}
	for name, tt := range map[string]struct {
		come []arrival
		news []bool
	}{
		"once": {
			[]arrival{{direct, syscall.SIGINT, 0}},
			[]bool{true},
		},
		"Ctrl-C twice": {
			[]arrival{{direct, syscall.SIGINT, 0}, {direct, syscall.SIGINT, 50 * ms}},
			[]bool{true, true},
		},
		"to a process and to its group": {
			[]arrival{{direct, syscall.SIGTERM, 0}, {direct, syscall.SIGTERM, ms}},
			[]bool{true, false},
		},
		"an echo of an echo": {
			[]arrival{{direct, syscall.SIGTERM, 0}, {direct, syscall.SIGTERM, 15 * ms}, {direct, syscall.SIGTERM, 30 * ms}},
			[]bool{true, false, false},
		},
		"two signals at once": {
			[]arrival{{direct, syscall.SIGTERM, 0}, {direct, syscall.SIGINT, ms}},
			[]bool{true, true},
		},
		"to all processes, twice": {
			[]arrival{
				{direct, syscall.SIGTERM, 0},
				{byFront, syscall.SIGTERM, 30 * ms},
				{byFront, syscall.SIGTERM, 1000 * ms},
				{direct, syscall.SIGTERM, 1001 * ms},
			},
			[]bool{true, false, true, false},
		},
		"the front has left out echoes": {
			[]arrival{{byFront, syscall.SIGINT, 0}, {byFront, syscall.SIGINT, ms}},
			[]bool{true, true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var c count
			var news []bool
			for _, a := range tt.come {
				news = append(news, c.add(a.by, a.signal, time.Unix(0, 0).Add(a.at)))
			}
			if !slices.Equal(news, tt.news) {
				t.Errorf("got %v, want %v", news, tt.news)
			}
		})
	}
}

func TestFate(t *testing.T) {
	for status, want := range map[syscall.WaitStatus]Outcome{
		syscall.WaitStatus(syscall.SIGKILL):        {Code: 137},
		syscall.WaitStatus(0x80 | syscall.SIGSEGV): {Code: 139}, // with a core
		2 << 8: {Code: 125},
		0:      {Code: 125},
	} {
		if _, got := fate(status); got != want {
			t.Errorf("%#x: %v, want %v", status, got, want)
		}
	}
}
