package rundir

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// killed is a run whose processes were killed: it is over and not marked.
func killed(t *testing.T, project string, change func(*Info)) *Run {
	t.Helper()
	r := create(t, project, noon)
	info := Self()
	if change != nil {
		change(&info)
	}
	must(t, r.WriteInfo(info))
	must(t, r.Close())
	return r
}

// left starts what a run has left behind, and waits until it is about to sleep.
func left(t *testing.T, d Dir, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sh", "-c", script+"; echo begun; exec sleep 300")
	cmd.Env = append(os.Environ(), "WPRUN_RUN_ID="+d.ID, "WPRUN_RUN_DIR="+d.Path)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	_, err = bufio.NewReader(out).ReadString('\n')
	must(t, err)
	return cmd
}

func survivors(t *testing.T, project string) []int {
	t.Helper()
	list, err := Survivors(project)
	must(t, err)
	var pids []int
	for _, s := range list {
		pids = append(pids, s.Pid)
	}
	return pids
}

func TestSurvivorsOfAKilledRun(t *testing.T) {
	project := t.TempDir()
	r := killed(t, project, nil)
	cmd := left(t, r.Dir, "true")
	for range 2 { // looking changes nothing
		if got := survivors(t, project); !slices.Equal(got, []int{cmd.Process.Pid}) {
			t.Fatalf("found %d, want %d", got, cmd.Process.Pid)
		}
	}
	list, err := Survivors(project)
	must(t, err)
	if list[0].Run != r.Dir || !strings.HasSuffix(list[0].Command, "sleep 300") {
		t.Errorf("found %v", list[0])
	}
	if left, err := EndSurvivors(list, time.Minute); len(left) > 0 || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
	if alive(list[0].Pid, list[0].start) {
		t.Error("it is alive")
	}
	if !marked(r.Dir) || endedInOrder(r.Dir) {
		t.Error("the run is not marked as one that was killed")
	}
}

func TestSurvivorsThatIgnoreTheEnd(t *testing.T) {
	project := t.TempDir()
	r := killed(t, project, nil)
	left(t, r.Dir, "trap '' TERM")
	list, err := Survivors(project)
	must(t, err)
	if left, err := EndSurvivors(list, 10*time.Millisecond); len(list) != 1 || len(left) > 0 || err != nil {
		t.Errorf("of %v left %v, %v", list, left, err)
	}
}

// What is not to be found is a process that fits in all but one way.
func TestNoSurvivors(t *testing.T) {
	tests := []struct {
		name    string
		info    func(*Info)
		prepare func(t *testing.T, r *Run)
		other   bool // it belongs to another project's run of the same ID
	}{
		{name: "ended in order", prepare: func(t *testing.T, r *Run) { must(t, r.WriteEnded()) }},
		{name: "another host", info: func(i *Info) { i.Host = "elsewhere" }},
		{name: "another boot", info: func(i *Info) { i.BootID = "earlier" }},
		{name: "older than the run", info: func(i *Info) { i.PidStart = 1 << 62 }},
		{name: "its front lives", info: func(i *Info) { i.Front, i.FrontStart = os.Getpid(), pidStart(os.Getpid()) }},
		{name: "it has begun nothing", prepare: func(t *testing.T, r *Run) { must(t, os.Remove(filepath.Join(r.Path, infoName))) }},
		{name: "another project", other: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			project := t.TempDir()
			r := killed(t, project, tt.info)
			d := r.Dir
			if tt.other {
				d = killed(t, t.TempDir(), nil).Dir
				d.ID = r.ID
			}
			left(t, d, "true")
			if tt.prepare != nil {
				tt.prepare(t, r)
			}
			if got := survivors(t, project); len(got) != 0 {
				t.Errorf("found %d", got)
			}
		})
	}
}

func TestALiveRunHasNoSurvivors(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	must(t, r.WriteInfo(Self()))
	left(t, r.Dir, "true")
	if got := survivors(t, project); len(got) != 0 || marked(r.Dir) {
		t.Errorf("found %d, marked %v", got, marked(r.Dir))
	}
}

// The front is dead, and the supervisor has not let go of the lock yet.
func TestSurvivorsOfARunThatIsBeingKilled(t *testing.T) {
	project := t.TempDir()
	r := create(t, project, noon)
	info := Self()
	info.Front, info.FrontStart = 1<<22+1, 1 // no process can have this number
	must(t, r.WriteInfo(info))
	cmd := left(t, r.Dir, "true")
	closed := time.AfterFunc(100*time.Millisecond, func() { _ = r.Close() })
	defer closed.Stop()
	if got := survivors(t, project); !slices.Equal(got, []int{cmd.Process.Pid}) {
		t.Errorf("found %d, want %d", got, cmd.Process.Pid)
	}
}

// A second look costs nothing once nothing was found.
func TestARunIsSearchedOnce(t *testing.T) {
	project := t.TempDir()
	r := killed(t, project, nil)
	if got := survivors(t, project); len(got) != 0 || !marked(r.Dir) || endedInOrder(r.Dir) {
		t.Errorf("found %d, marked %v", got, marked(r.Dir))
	}
	left(t, r.Dir, "true")
	if got := survivors(t, project); len(got) != 0 {
		t.Errorf("a marked run was searched: found %d", got)
	}
}

// The number of a process that was found may be that of another one by now.
func TestAReusedNumberIsSpared(t *testing.T) {
	r := killed(t, t.TempDir(), nil)
	cmd := left(t, Dir{}, "true")
	s := Survivor{Run: r.Dir, Pid: cmd.Process.Pid, start: pidStart(cmd.Process.Pid) - 1}
	if left, err := EndSurvivors([]Survivor{s}, 0); len(left) > 0 || err != nil {
		t.Errorf("left %v, %v", left, err)
	}
	kill([]Survivor{s})
	if !alive(cmd.Process.Pid, s.start+1) {
		t.Error("an innocent process was killed")
	}
}

func BenchmarkSurvivorsAfterOrderlyRuns(b *testing.B) {
	project := b.TempDir()
	for i := range 10 {
		r, err := Create(project, noon.Add(time.Duration(i)*time.Second))
		if err != nil {
			b.Fatal(err)
		}
		if err := r.WriteEnded(); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
	for b.Loop() {
		if list, err := Survivors(project); len(list) > 0 || err != nil {
			b.Fatal(list, err)
		}
	}
}
