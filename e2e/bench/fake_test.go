package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// The test binary is also the dependent that stamps, and, under these names, a
// stand-in for wprun: just enough of it to see that the rows measure.
const (
	fakeGood      = "wprun-good"
	fakeLossy     = "wprun-lossy"     // loses the last line of output, and what runs
	fakeForgetful = "wprun-forgetful" // does not log
	fakeHasty     = "wprun-hasty"     // waits for nothing, and runs in reverse
	fakeIdle      = "wprun-idle"      // does nothing
	fakeBroken    = "wprun-broken"    // fails
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if mode := modes()[os.Args[1]]; mode != nil {
			os.Exit(mode(os.Args[2:]))
		}
	}
	switch name := filepath.Base(os.Args[0]); name {
	case fakeGood, fakeLossy, fakeForgetful, fakeHasty:
		os.Exit(fakeMain(name, os.Args[1]))
	case fakeIdle:
		os.Exit(0)
	case fakeBroken:
		fmt.Fprintln(os.Stderr, "no luck today")
		os.Exit(9)
	}
	// Under the race detector each stand-in would otherwise linger for a second.
	if err := os.Setenv("GORACE", "atexit_sleep_ms=0"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// fakeFile is the part of a wprun file that the stand-in knows.
type fakeFile struct {
	Watchpoint []struct {
		Key, Base string
		External  bool
	}
	Task map[string]struct {
		Command any
		WaitsOn []string `toml:"waits_on"`
	}
	order []string
}

func fakeMain(name, verb string) int {
	if verb == "version" {
		return 0
	}
	var file fakeFile
	meta, err := toml.DecodeFile("wprun.toml", &file)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	for _, key := range meta.Keys() {
		if len(key) == 2 && key[0] == "task" {
			file.order = append(file.order, key[1])
		}
	}
	if verb == "validate" {
		return 0
	}
	return file.run(name)
}

// run starts tasks as their gates open, and ends them when it is told to.
func (f fakeFile) run(name string) int {
	if name == fakeHasty {
		return f.runInReverse(name)
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	started, ended := map[string]*exec.Cmd{}, map[string]bool{}
	news := make(chan string)
	for ticks := time.Tick(time.Millisecond); len(ended) < len(f.order); {
		for _, task := range f.order {
			if started[task] != nil || !f.open(task, ended) {
				continue
			}
			cmd, show, err := f.start(name, task)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			started[task] = cmd
			go func() {
				show()
				cmd.Wait()
				news <- task
			}()
		}
		select {
		case <-ticks:
		case task := <-news:
			ended[task] = true
		case <-asked:
			return f.stop(name, started)
		}
	}
	return 0
}

// stop ends what was started; it returns the exit code.
func (f fakeFile) stop(name string, started map[string]*exec.Cmd) int {
	for _, cmd := range started {
		if name != fakeLossy {
			cmd.Process.Kill()
		}
	}
	return 143
}

func (f fakeFile) runInReverse(name string) int {
	slices.Reverse(f.order)
	for _, task := range f.order {
		cmd, show, err := f.start(name, task)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		show()
		cmd.Wait()
	}
	return 0
}

func (f fakeFile) open(task string, ended map[string]bool) bool {
	for _, key := range f.Task[task].WaitsOn {
		_, err := os.Stat(filepath.Join(gatesBase, key+".watch"))
		if !ended[key] && err != nil {
			return false
		}
	}
	return true
}

// start starts a task; what it returns shows its output to the end.
func (f fakeFile) start(name, task string) (*exec.Cmd, func(), error) {
	var argv []string
	switch c := f.Task[task].Command.(type) {
	case string:
		argv = []string{"sh", "-c", c}
	case []any:
		for _, item := range c {
			argv = append(argv, item.(string))
		}
	}
	cmd := exec.Command(argv[0], argv[1:]...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	logs := filepath.Join(".wprun", "runs", "1", "logs")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return nil, nil, err
	}
	log := io.Discard
	if name != fakeForgetful {
		f, err := os.Create(filepath.Join(logs, task+".log"))
		if err != nil {
			return nil, nil, err
		}
		log = f
	}
	return cmd, func() { show(io.TeeReader(out, log), task, name == fakeLossy) }, cmd.Start()
}

// show prints lines with a prefix, all or all but the last.
func show(r io.Reader, task string, lossy bool) {
	lines := bufio.NewScanner(r)
	for more := lines.Scan(); more; {
		line := lines.Text()
		if more = lines.Scan(); more || !lossy {
			fmt.Printf("%s | %s\n", task, line)
		}
	}
}
