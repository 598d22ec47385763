package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// The test binary is also the dependent that stamps, and, under these names, a
// stand-in for wprun: just enough of it to see that the rows measure.
const (
	fakeGood      = "wprun-good"
	fakeLossy     = "wprun-lossy"     // loses the last line of output
	fakeForgetful = "wprun-forgetful" // does not log
	fakeHasty     = "wprun-hasty"     // waits for nothing, and runs in reverse
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

// run starts one task after the other as their gates open.
func (f fakeFile) run(name string) int {
	ended := map[string]bool{}
	for ticks := time.Tick(time.Millisecond); len(ended) < len(f.order); <-ticks {
		for i := range f.order {
			task := f.order[i]
			if name == fakeHasty {
				task = f.order[len(f.order)-1-i]
			}
			if ended[task] || (name != fakeHasty && !f.open(task, ended)) {
				continue
			}
			if err := f.start(name, task); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			ended[task] = true
		}
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

func (f fakeFile) start(name, task string) error {
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
		return err
	}
	logs := filepath.Join(".wprun", "runs", "1", "logs")
	if err := os.MkdirAll(logs, 0o700); err != nil {
		return err
	}
	log := io.Discard
	if name != fakeForgetful {
		f, err := os.Create(filepath.Join(logs, task+".log"))
		if err != nil {
			return err
		}
		defer f.Close()
		log = f
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	show(io.TeeReader(out, log), task, name == fakeLossy)
	return cmd.Wait()
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
