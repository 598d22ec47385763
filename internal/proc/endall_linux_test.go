package proc

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestEndAllEndsWhatIsBelow(t *testing.T) {
	for _, test := range []struct {
		name string
		argv []string
		said string
	}{
		{"a process", []string{"sh", "-c", "echo there; sleep 60"}, "there"},
		{"a tree", []string{"sh", "-c", "(echo there; sleep 60) & wait"}, "there"},
		{"a deaf one", helper("sleep"), "ready"},
		{"a daemon", helper("stray", "bare"), "stray"},
		{"a hopper", helper("hop"), "hopping"},
		{"a stopped one", []string{"sh", "-c", "echo there; kill -STOP $$"}, "there"},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.start(1, test.argv...)
			b.untilOutput(1, test.said)
			_, left := EndAll(unix.SIGTERM, 50*time.Millisecond, patience, nil)
			if len(left) > 0 {
				t.Errorf("%v is left", left)
			}
			if alive := b.marked(); len(alive) > 0 {
				t.Errorf("%v is alive", alive)
			}
			b.procs = nil // it has been reaped already
		})
	}
}

func TestEndAllTellsWhatItEnded(t *testing.T) {
	b := newBench(t)
	obedient := b.start(1, "sleep", "60")
	b.start(2, helper("sleep")...)
	b.untilOutput(2, "ready")
	ended, _ := EndAll(unix.SIGTERM, 50*time.Millisecond, patience, nil)
	if !slices.Contains(ended, Member{obedient, "sleep 60"}) || len(ended) != 2 {
		t.Errorf("%v", ended)
	}
	b.procs = nil // as above
}

// All ways find the same processes; blind, they are found when they become
// children.
func TestWaysToSee(t *testing.T) {
	b := newBench(t)
	leader := b.shell(1, "sleep 60 & echo child $!; wait")
	child := b.number(1, "child")
	b.start(2, helper("stray", "bare", "stay")...)
	stray := b.number(2, "stray")
	for _, v := range []sight{byList, byScan} {
		var pids []int
		for _, m := range v.own() {
			pids = append(pids, m.pid)
		}
		for _, pid := range []int{leader, child, b.Pid(2), stray} {
			if !slices.Contains(pids, pid) {
				t.Errorf("way %d: %d is not among %v", v, pid, pids)
			}
		}
	}
	own := blind.own()
	if !slices.Contains(own, member{leader, unix.Getpid()}) || len(own) != 2 {
		t.Errorf("blind: %v", own)
	}
}
