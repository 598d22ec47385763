package guard

import "testing"

func TestMessages(t *testing.T) {
	for _, m := range []message{
		{hello, 1, 0},
		{asked, 15, 0},
		{word: pause},
		{word: goOn},
		{resized, 50, 65535},
		{word: files, a: 1<<31 - 1},
		{word: paused},
		{ended, 130, 2},
	} {
		got, err := parse(m.String())
		if got != m || err != nil {
			t.Errorf("%q became %v, %v", m, got, err)
		}
	}
}

func TestNoMessages(t *testing.T) {
	for _, line := range []string{
		"", " ", "stop", "pause 1", "signal", "signal x", "signal 1 2", "size 1", "size 1 2 3",
		"size 1 -2", "size 1 65536", "files 2147483648", "end 1 99999999999999999999", "SIGNAL 1",
	} {
		if m, err := parse(line); err == nil {
			t.Errorf("%q was taken for %q", line, m)
		}
	}
}
