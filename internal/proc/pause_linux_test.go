package proc

import "testing"

func TestPauseAndResume(t *testing.T) {
	b := newBench(t)
	pids := []int{b.shell(1, "sleep 60 & echo child $!; wait"), b.number(1, "child")}
	b.start(2, helper("stray", "bare", "stay")...)
	pids = append(pids, b.Pid(2), b.number(2, "stray"))
	stopped := func() (n int) {
		for _, pid := range pids {
			if stateOf(pid) == 'T' {
				n++
			}
		}
		return n
	}
	b.Pause()
	b.until("stop of all", func() bool { return stopped() == len(pids) })
	b.Resume()
	b.until("going on of all", func() bool { return stopped() == 0 })

	b.Pause()
	b.Kill(1)
	b.await(1)
}
