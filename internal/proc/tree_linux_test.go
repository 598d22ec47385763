package proc

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

func TestBackgroundChildDelaysNothing(t *testing.T) {
	b := newBench(t)
	b.shell(1, "sleep 60 & echo child $!; exit 4")
	if exit := b.await(1); exit.Code != 4 {
		t.Errorf("%+v", exit)
	}
	if pid := b.number(1, "child"); living(pid) {
		t.Errorf("%d lives on", pid)
	}
}

func TestDeafGrandchildIsEnded(t *testing.T) {
	b := newBench(t)
	gate := t.TempDir() + "/gate"
	b.shell(1, `(sh -c 'trap "" TERM HUP; echo child $$; while :; do sleep 0.01; done' &); while [ ! -e `+gate+" ]; do sleep 0.01; done")
	pid := b.number(1, "child")
	write(t, gate, "", 0o600)
	b.await(1)
	if living(pid) {
		t.Errorf("%d lives on", pid)
	}
}

func TestFloodingChildIsEnded(t *testing.T) {
	b := newBench(t)
	flows := filepath.Join(t.TempDir(), "flows")
	b.shell(1, "yes & until test -e '"+flows+"'; do sleep 0.01; done")
	b.untilOutput(1, "y\n")
	if err := os.WriteFile(flows, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if exit := b.await(1); exit.Code != 0 {
		t.Errorf("%+v", exit)
	}
}

func TestTerminate(t *testing.T) {
	tests := []struct {
		name, script string
		signal       unix.Signal
		want         Exit
	}{
		{"default", "echo ready; exec sleep 60", 0, Exit{Code: 143, Signal: unix.SIGTERM}},
		{"chosen", "trap 'exit 6' USR1; echo ready; while :; do sleep 0.01; done", unix.SIGUSR1, Exit{Code: 6}},
		{"trapped", "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.01; done", 0, Exit{Code: 0}},
		{"group", "sleep 60 & sleep 60 & echo ready; wait", 0, Exit{Code: 143, Signal: unix.SIGTERM}},
	}
	b := newBench(t)
	for i, test := range tests {
		test.want.ID = ID(i)
		spec := b.spec(test.want.ID, "sh", "-c", test.script)
		spec.StopSignal = test.signal
		if _, err := b.Start(test.want.ID, spec); err != nil {
			t.Fatal(err)
		}
		b.untilOutput(test.want.ID, "ready")
		b.Terminate(test.want.ID)
		if got := b.await(test.want.ID); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}

func TestTerminateWakesTheStopped(t *testing.T) {
	b := newBench(t)
	pid := b.shell(1, "kill -STOP $$")
	b.until("stop", func() bool { return stateOf(pid) == 'T' })
	b.Terminate(1)
	if exit := b.await(1); exit.Signal != unix.SIGTERM {
		t.Errorf("%+v", exit)
	}
}

func TestKillEndsTheDeaf(t *testing.T) {
	b := newBench(t)
	b.start(1, helper("sleep")...)
	b.untilOutput(1, "ready")
	b.Terminate(1)
	b.Kill(1)
	if exit := b.await(1); exit.Signal != unix.SIGKILL {
		t.Errorf("%+v", exit)
	}
	b.Kill(1) // unknown by now: nothing happens
	b.Terminate(1)
}

const deafMember = "trap 'exit 7' TERM; (trap '' TERM; while [ ! -e $GATE ]; do echo tick; sleep 0.01; done) & echo member $!; wait"

func TestDeafMemberHoldsTheExitBack(t *testing.T) {
	for _, kill := range []bool{true, false} {
		b := newBench(t)
		gate := t.TempDir() + "/gate"
		leader := b.shell(1, "GATE="+gate+"; "+deafMember)
		member := b.number(1, "member")
		b.untilOutput(1, "tick")
		b.Terminate(1)
		b.until("end of the leader", func() bool { return stateOf(leader) == 'Z' })
		b.output[1].Reset()
		b.untilOutput(1, "tick") // still delivered
		if len(b.exits) > 0 || b.Running() != 1 || !living(member) {
			t.Fatalf("reported %+v, member alive: %v", b.exits, living(member))
		}
		if kill {
			b.Kill(1)
		} else {
			write(t, gate, "", 0o600)
		}
		if exit := b.await(1); exit.Code != 7 || living(member) {
			t.Errorf("%+v, member alive: %v", exit, living(member))
		}
		b.end()
	}
}

func TestStrayOfACommandEndsWithIt(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		end  func(b *bench)
	}{
		{"orphaned, leader exits", nil, func(*bench) {}},
		{"below the leader, killed", []string{"stay"}, func(b *bench) { b.Kill(1) }},
		{"below the leader, unmarked, killed", []string{"stay", "bare"}, func(b *bench) { b.Kill(1) }},
		{"below the leader, unmarked, terminated", []string{"stay", "bare"}, func(b *bench) {
			b.Terminate(1)
			b.until("end of the leader", func() bool { return stateOf(b.Pid(1)) == 'Z' })
			if len(b.exits) > 0 {
				b.Error("reported while the stray lives")
			}
			b.Kill(1)
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.start(1, helper("stray", test.args...)...)
			if test.args != nil {
				b.untilOutput(1, "ready")
			}
			pid := b.number(1, "stray")
			test.end(b)
			b.await(1)
			if living(pid) {
				t.Errorf("%d lives on", pid)
			}
		})
	}
}

func TestStrayWithoutItsFirstThreadEnds(t *testing.T) {
	b := newBench(t)
	b.start(1, helper("stray", "headless")...)
	pid := b.number(1, "stray")
	b.await(1)
	if _, there := procfs.StatusOf(pid); there {
		t.Errorf("%d is still there", pid)
	}
}

func TestUnknownStrayEndsAtClose(t *testing.T) {
	b := newBench(t)
	b.start(1, helper("stray", "bare")...)
	pid := b.number(1, "stray")
	b.await(1)
	if !living(pid) {
		t.Fatalf("%d has ended: nothing tells whose it is", pid)
	}
	b.end()
	if living(pid) {
		t.Errorf("%d lives on", pid)
	}
}

func TestStrayOfAnotherCommandLives(t *testing.T) {
	b := newBench(t)
	leave, gate := t.TempDir()+"/leave", t.TempDir()+"/gate"
	b.shell(1, "(setsid sleep 60 & echo stray $!; while [ ! -e "+leave+" ]; do sleep 0.01; done); sleep 60")
	b.shell(2, "sleep 60 & while [ ! -e "+gate+" ]; do sleep 0.01; done")
	pid := b.number(1, "stray")
	b.until("its own session", func() bool { sid, _ := unix.Getsid(pid); return sid == pid })
	write(t, leave, "", 0o600)
	b.until("adoption", func() bool { b.reapOrphans(); return b.orphans[pid] != nil })
	write(t, gate, "", 0o600)
	b.await(2)
	if !living(pid) || !living(b.Pid(1)) {
		t.Error("the end of one command ended another's process")
	}
	b.Kill(1)
	b.await(1)
	if living(pid) {
		t.Errorf("%d lives on", pid)
	}
}

func TestHopperEnds(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		end  func(b *bench)
	}{
		{"leader exits", nil, func(b *bench) { b.await(1) }},
		{"killed", []string{"stay"}, func(b *bench) { b.Kill(1); b.await(1) }},
		{"closed", []string{"stay"}, (*bench).end},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(t)
			b.start(1, helper("hop", test.args...)...)
			b.untilOutput(1, "hopping")
			test.end(b)
			if left := b.marked(); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestOrphansAreReaped(t *testing.T) {
	b := newBench(t)
	reapAll() // what other tests have left
	b.shell(1, "for i in 1 2 3 4 5; do (sleep 0.01 &); done; echo done; sleep 60")
	b.untilOutput(1, "done")
	own := os.Getpid()
	b.until("one child", func() bool {
		b.looked = b.looked.Add(-tickRunning)
		return len(children(own)) == 1
	})
	if len(b.orphans) > 0 || b.procs[1].orphans != 0 {
		t.Errorf("%d orphans are remembered", len(b.orphans))
	}
}

func TestLooksForOrphansAreRareWhileNothingIsNew(t *testing.T) {
	b := newBench(t)
	b.shell(1, "sleep 60")
	for range 5 {
		b.looked = time.Time{}
		b.Wait(false, nil)
	}
	if got := b.untilLook(); got != tickCalm {
		t.Errorf("%v until the next look in a calm run", got)
	}
	b.shell(2, "sleep 60")
	if got := b.untilLook(); got != tickRunning {
		t.Errorf("%v until the next look for what a new command leaves", got)
	}
}

func TestCloseEndsAll(t *testing.T) {
	b := newBench(t)
	var pids []int
	for i := range ID(20) {
		pids = append(pids, b.shell(i, "trap '' TERM; sleep 60 & setsid sleep 60 & sleep 60"))
	}
	b.end()
	for _, pid := range pids {
		if _, ok := procfs.StatusOf(pid); ok {
			t.Errorf("%d is still there", pid)
		}
	}
}

func TestWhatIsLeftHasACommand(t *testing.T) {
	b := newBench(t)
	pid := b.start(1, "sleep", "60")
	b.shell(2, "exit 0")
	b.until("end of 2", func() bool { return b.exits[2] == Exit{ID: 2} })
	e := ending{met: map[int]string{pid: "sleep 60", 1 << 30: "other"}}
	left := e.alive()
	if len(left) != 1 || left[0] != (Member{pid, "sleep 60"}) {
		t.Errorf("left: %v", left)
	}
	if ended := e.list(left); len(ended) != 1 || ended[0] != (Member{1 << 30, "other"}) {
		t.Errorf("ended: %v", ended)
	}
}

func TestCloseFreesItsFiles(t *testing.T) {
	before := len(openFiles(t))
	for range 3 {
		b := newBench(t)
		b.shell(1, "(setsid sleep 60 &); sleep 60")
		b.shell(2, "exit 0")
		b.await(2)
		b.end()
	}
	if after := len(openFiles(t)); after != before {
		t.Errorf("%d open files before, %d after", before, after)
	}
}

func openFiles(t *testing.T) []os.DirEntry {
	t.Helper()
	time.Sleep(time.Nanosecond) // the runtime opens two files for its first timer
	files, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return files
}
