package proc

import (
	"strings"
	"testing"
)

func TestTerminal(t *testing.T) {
	b := newBench(t)
	b.Resize(30, 90)
	spec := b.spec(1, "sh", "-c", `trap 'stty size' WINCH
		[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && [ -t 0 ] </dev/tty && stty size
		while :; do sleep 0.01; done`)
	spec.TTY = true
	if _, err := b.Start(1, spec); err != nil {
		t.Fatal(err)
	}
	b.untilOutput(1, "30 90\n")
	b.Resize(40, 100)
	b.untilOutput(1, "40 100\n")
	b.Terminate(1)
	b.await(1)
}

// What a command wrote to its terminal last is not lost with the terminal.
func TestTerminalToTheLastByte(t *testing.T) {
	b := newBench(t)
	spec := b.spec(1, "sh", "-c", "i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i + 1)); done")
	spec.TTY = true
	if _, err := b.Start(1, spec); err != nil {
		t.Fatal(err)
	}
	b.await(1)
	if text := b.output[1].String(); strings.Count(text, "\n") != 1000 || !strings.HasSuffix(text, "line 999\n") {
		t.Errorf("%d lines, the last bytes are %q", strings.Count(text, "\n"), text[max(0, len(text)-20):])
	}
}
