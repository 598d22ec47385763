//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// work is a random graph of tasks that copy their inputs into their output, in a
// folder with a wprun.toml and a Makefile that say the same. Each task notes that
// it ran.
type work struct {
	dir    string
	random *rand.Rand
	inputs [][]string // of task tN, which makes tN
	// words are what task tN adds to its inputs, if it does. Then it has half an
	// output for a while, with which it ends if it is told to, as if that were all.
	words []string
}

const sources = 4

func newWork(dir string, random *rand.Rand) (*work, error) {
	w := &work{dir: dir, random: random}
	files := []string{}
	for i := range sources {
		name := fmt.Sprintf("s%d", i)
		files = append(files, name)
		if err := w.edit(name); err != nil {
			return nil, err
		}
	}
	for i := range 2 + random.IntN(6) {
		var inputs []string
		for range 1 + random.IntN(3) {
			if file := files[random.IntN(len(files))]; !slices.Contains(inputs, file) {
				inputs = append(inputs, file)
			}
		}
		w.inputs = append(w.inputs, inputs)
		files = append(files, fmt.Sprintf("t%d", i))
	}
	return w, w.write()
}

func (w *work) write() error {
	var toml, rules strings.Builder
	fmt.Fprintln(&toml, "keep_runs = 2")
	var all []string
	for i, inputs := range w.inputs {
		name := fmt.Sprintf("t%d", i)
		all = append(all, name)
		var waits []string
		for _, file := range inputs {
			if file[0] == 't' {
				waits = append(waits, file)
			}
		}
		command := w.command(i)
		fmt.Fprintf(&toml, "[task.%s]\ncommand = %q\nwaits_on = %s\ninputs = %s\noutputs = %q\n", name, command, list(waits), list(inputs), name)
		fmt.Fprintf(&rules, "%s: %s\n\t@%s\n", name, strings.Join(inputs, " "), command)
	}
	makefile := "all: " + strings.Join(all, " ") + "\n" + rules.String()
	if err := os.WriteFile(filepath.Join(w.dir, "Makefile"), []byte(makefile), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(w.dir, "wprun.toml"), []byte(toml.String()), 0o666)
}

func (w *work) command(i int) string {
	name, inputs := fmt.Sprintf("t%d", i), strings.Join(w.inputs[i], " ")
	if w.words == nil {
		return fmt.Sprintf("echo %s >>ran; cat %s >%s", name, inputs, name)
	}
	return fmt.Sprintf("trap 'exit 0' TERM; echo half >%[1]s; sleep 0.01 & wait; { cat %s; echo %s; } >%[1]s", name, inputs, w.words[i])
}

func (w *work) path(name string) string { return filepath.Join(w.dir, name) }

// edit changes a file in place, to one of a few contents so that old ones come back.
func (w *work) edit(name string) error {
	return os.WriteFile(w.path(name), fmt.Appendf(nil, "%s %d\n", name, w.random.IntN(3)), 0o666)
}

// disturb does something to the files that people do.
func (w *work) disturb() error {
	task := fmt.Sprintf("t%d", w.random.IntN(len(w.inputs)))
	source := fmt.Sprintf("s%d", w.random.IntN(sources))
	switch w.random.IntN(4) {
	case 0:
		now := time.Now()
		return os.Chtimes(w.path(source), now, now)
	case 1:
		if err := os.Remove(w.path(task)); !os.IsNotExist(err) {
			return err
		}
		return nil
	default:
		return w.edit(source)
	}
}

// wrong says which output is not what a full rebuild would make of the sources.
func (w *work) wrong() string {
	content := map[string][]byte{}
	for i := range sources {
		name := fmt.Sprintf("s%d", i)
		content[name] = []byte(fileText(w.path(name)))
	}
	for i, inputs := range w.inputs {
		name := fmt.Sprintf("t%d", i)
		var all []byte
		for _, file := range inputs {
			all = append(all, content[file]...)
		}
		if w.words != nil {
			all = append(all, w.words[i]+"\n"...)
		}
		content[name] = all
		if got := fileText(w.path(name)); got != string(all) {
			return fmt.Sprintf("%s is %q, want %q", name, got, all)
		}
	}
	return ""
}

// ran runs a tool and returns what it ran.
func (w *work) ran(argv ...string) ([]string, error) {
	_ = os.Remove(w.path("ran"))
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = w.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%q: %w\n%s", argv, err, out)
	}
	return lines(w.path("ran")), nil
}

// graphs is how many random graphs a test has.
func graphs() int {
	if os.Getenv("CI") == "true" {
		return 200
	}
	return 20
}

func plainBuild(t *testing.T) string {
	wprun := filepath.Join(t.TempDir(), "wprun")
	build := exec.Command("go", "build", "-o", wprun, "wprun/cmd/wprun")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build wprun: %v\n%s", err, out)
	}
	return wprun
}

// TestCrashesOfRecords kills the supervisor at its i-th system call of each kind
// that keeps records, for i = 1, 2, ... until the run passes. One plain run after
// each has the outputs of a full rebuild, and the next one nothing to do.
func TestCrashesOfRecords(t *testing.T) {
	if !abilities["strace"]() {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace has to work where CI=true")
		}
		t.Skip("strace does not work here")
	}
	wprun := plainBuild(t)
	for _, calls := range []string{"renameat,renameat2,rename", "write", "mkdirat", "unlinkat", "fsync"} {
		name, _, _ := strings.Cut(calls, ",")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &crash{wprun: wprun, victim: "supervisor", calls: calls, dir: t.TempDir()}
			c.killAtEach(t, &work{dir: c.dir, random: chance(t), inputs: [][]string{{"s0"}, {"t0", "s1"}, {"t1"}}})
		})
	}
}

func (c *crash) killAtEach(t *testing.T, w *work) {
	for i := range sources {
		if err := w.edit(fmt.Sprintf("s%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.write(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path("wprun.toml"), []byte("durable = true\n"+fileText(w.path("wprun.toml"))), 0o666); err != nil {
		t.Fatal(err)
	}
	for i := 1; ; i++ {
		if err := os.WriteFile(w.path("s0"), fmt.Appendf(nil, "%d\n", i), 0o666); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(c.log())
		_, log := c.behind(t, i)
		if _, err := w.ran(c.wprun, "run"); err != nil {
			t.Fatalf("killed at call %d: %v", i, err)
		}
		if wrong := w.wrong(); wrong != "" {
			t.Fatalf("killed at call %d: %s; strace said:\n%s", i, wrong, tail(log))
		}
		if ran, err := w.ran(c.wprun, "run"); err != nil || len(ran) > 0 {
			t.Fatalf("killed at call %d: the second run after it ran %v, %v", i, ran, err)
		}
		if !bytes.Contains(log, []byte("killed by SIGKILL")) {
			t.Logf("passes at %d", i)
			return
		}
	}
}

// TestTwin does the same things to two folders, one for make and one for wprun:
// wprun runs whatever make does, but for what only has another date.
func TestTwin(t *testing.T) {
	if !have("make") {
		t.Skip("it needs make")
	}
	t.Parallel()
	wprun, random := plainBuild(t), chance(t)
	for n := range graphs() {
		seed := random.Uint64()
		mine, err1 := newWork(t.TempDir(), rand.New(rand.NewPCG(seed, 0)))
		theirs, err2 := newWork(t.TempDir(), rand.New(rand.NewPCG(seed, 0)))
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		for step := range 3 {
			excused := twinStep(t, mine, theirs, step > 0)
			ran, err := mine.ran(wprun, "run")
			made, err2 := theirs.ran("make", "-s")
			if err != nil || err2 != nil {
				t.Fatalf("graph %d: %v, %v", n, err, err2)
			}
			for _, name := range made {
				if !slices.Contains(ran, name) && !excused[name] {
					t.Fatalf("graph %d, step %d: make ran %v, wprun %v; only dates excuse %v; file:\n%s",
						n, step, made, ran, excused, fileText(mine.path("wprun.toml")))
				}
			}
		}
	}
}

// twinStep disturbs both, and returns the tasks whose inputs have the content that
// they had: make runs them for their dates alone.
func twinStep(t *testing.T, mine, theirs *work, disturb bool) map[string]bool {
	before := mine.contents()
	if disturb {
		for range 1 + mine.random.IntN(3) {
			if err := mine.disturb(); err != nil {
				t.Fatal(err)
			}
		}
		for range 1 + theirs.random.IntN(3) {
			if err := theirs.disturb(); err != nil {
				t.Fatal(err)
			}
		}
	}
	excused := map[string]bool{}
	for i, inputs := range mine.inputs {
		name := fmt.Sprintf("t%d", i)
		same := before[name] != nil && !os.IsNotExist(statError(mine.path(name)))
		for _, file := range inputs {
			same = same && bytes.Equal(before[file], mine.content(file))
		}
		excused[name] = same
	}
	return excused
}

func statError(name string) error {
	_, err := os.Stat(name)
	return err
}

// contents are what the files would be after a rebuild.
func (w *work) contents() map[string][]byte {
	all := map[string][]byte{}
	for i := range sources {
		name := fmt.Sprintf("s%d", i)
		all[name] = w.content(name)
	}
	for i := range w.inputs {
		name := fmt.Sprintf("t%d", i)
		if statError(w.path(name)) == nil {
			all[name] = w.content(name)
		}
	}
	return all
}

// content is what a file holds, or what a rebuild would make of an output.
func (w *work) content(name string) []byte {
	var number int
	if _, err := fmt.Sscanf(name, "t%d", &number); err != nil {
		return []byte(fileText(w.path(name)))
	}
	var all []byte
	for _, file := range w.inputs[number] {
		all = append(all, w.content(file)...)
	}
	return all
}
