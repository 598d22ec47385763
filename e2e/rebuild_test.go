//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestRebuild disturbs random graphs between runs and in the middle of them, and
// compares what one run makes of that with a full rebuild.
func TestRebuild(t *testing.T) {
	t.Parallel()
	wprun, random := plainBuild(t), chance(t)
	for n := range graphs() {
		w, err := newWork(t.TempDir(), random)
		if err != nil {
			t.Fatal(err)
		}
		r := rebuild{work: w, wprun: wprun}
		w.words = make([]string, len(w.inputs))
		for step := range 3 {
			if err := r.step(step > 0); err != nil {
				t.Fatalf("graph %d, step %d: %v; it was disturbed so: %s; file:\n%s",
					n, step, err, strings.Join(r.told, ", "), fileText(w.path("wprun.toml")))
			}
		}
	}
}

// rebuild is work that is disturbed.
type rebuild struct {
	*work
	wprun string
	told  []string // how it was
}

func (r *rebuild) step(disturbed bool) error {
	if err := r.write(); err != nil {
		return err
	}
	for range r.random.IntN(3) {
		if !disturbed {
			break
		}
		if err := errors.Join(r.disturb(), r.spoil()); err != nil {
			return err
		}
	}
	words := []string{r.wprun, "run"}
	if disturbed && r.random.IntN(2) == 0 {
		words = append(words, "--resume")
	}
	r.told = append(r.told, strings.Join(words[1:], " "))
	if _, err := r.ran(words...); err != nil {
		return err
	}
	if wrong := r.wrong(); wrong != "" {
		return errors.New(wrong)
	}
	return r.disturb()
}

// disturb does some things that people do between runs.
func (r *rebuild) disturb() error {
	for range r.random.IntN(4) {
		i := r.random.IntN(len(r.inputs))
		var err error
		switch r.random.IntN(4) {
		case 0:
			r.told = append(r.told, fmt.Sprintf("output t%d edited", i))
			err = os.WriteFile(r.path(fmt.Sprintf("t%d", i)), []byte("edited\n"), 0o666)
		case 1:
			r.told = append(r.told, fmt.Sprintf("command of t%d edited", i))
			r.words[i] = fmt.Sprint(r.random.IntN(3))
			err = r.write()
		default:
			err = r.work.disturb()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// spoil begins a run, edits its inputs under its hands, and ends it in one of the
// ways in which runs end.
func (r *rebuild) spoil() error {
	cmd := exec.Command(r.wprun, "run")
	if r.random.IntN(4) == 0 {
		cmd.Args = append(cmd.Args, "--timeout=20ms")
	}
	r.told = append(r.told, strings.Join(cmd.Args[1:], " "))
	cmd.Dir = r.dir
	if err := cmd.Start(); err != nil {
		return err
	}
	err := r.spoilInputs()
	r.strike(cmd.Process)
	_ = cmd.Wait() // however it ended
	if !within(patience, r.quiet) {
		return errors.Join(fmt.Errorf("something of the run is alive: %v", processesOf(r.dir)), err)
	}
	return err
}

func (r *rebuild) spoilInputs() error {
	for range r.random.IntN(5) {
		r.pause()
		source := fmt.Sprintf("s%d", r.random.IntN(sources))
		before := fileText(r.path(source))
		if err := r.edit(source); err != nil {
			return err
		}
		r.told = append(r.told, fmt.Sprintf("%s edited while it runs", source))
		if r.random.IntN(2) == 0 {
			continue
		}
		r.pause()
		r.told = append(r.told, fmt.Sprintf("%s restored", source))
		if err := os.WriteFile(r.path(source), []byte(before), 0o666); err != nil {
			return err
		}
	}
	r.pause()
	return nil
}

// pause lets the run come to any point of it.
func (r *rebuild) pause() { time.Sleep(time.Duration(r.random.IntN(20)) * time.Millisecond) }

// strike ends a run, or lets it end.
func (r *rebuild) strike(front *os.Process) {
	supervisor := supervisorOf(front.Pid)
	kind := r.random.IntN(4)
	if supervisor == 0 {
		kind = 0
	}
	r.told = append(r.told, []string{"not ended", "told to end", "supervisor killed", "both killed"}[kind])
	switch kind {
	case 1:
		_ = front.Signal(syscall.SIGTERM)
	case 2:
		_ = syscall.Kill(supervisor, syscall.SIGKILL)
	case 3:
		_ = syscall.Kill(supervisor, syscall.SIGSTOP)
		_ = front.Kill()
		_ = syscall.Kill(supervisor, syscall.SIGKILL)
	}
}

// quiet says that nothing of a run is left that the next one could meet: no process,
// and no lock of one that is not quite dead.
func (r *rebuild) quiet() bool {
	return len(processesOf(r.dir)) == 0 && free(r.path(".wprun/latest/lock")) && free(r.path(".wprun/records.lock"))
}

func free(lock string) bool {
	f, err := os.Open(lock)
	if err != nil {
		return os.IsNotExist(err)
	}
	defer f.Close()
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
