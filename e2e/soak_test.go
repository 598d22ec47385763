//go:build linux

package e2e

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestSoak runs random graphs and disturbs them at random moments, half of them
// with a calendar clock that jumps. Faults that no command can notice must not
// change how the run ends; whatever happens, the invariants hold, and a plain run
// afterwards ends well.
func TestSoak(t *testing.T) {
	programs := buildForSoak(t)
	duration := 5 * time.Second
	if os.Getenv("CI") == "true" {
		duration = time.Minute
	}
	first, end, rounds := chance(t), time.Now().Add(duration), 0
	for ; time.Now().Before(end) && !t.Failed(); rounds++ {
		seed := first.Uint64()
		if rounds == 0 && *round != 0 {
			seed = *round
		}
		r := rand.New(rand.NewPCG(seed, 1))
		s := &soak{dir: filepath.Join(t.TempDir(), fmt.Sprint(rounds)), random: r, wprun: programs[r.IntN(len(programs))]}
		if err := s.lay(); err != nil {
			t.Fatal(err)
		}
		for _, fault := range s.round() {
			t.Error(fault)
		}
		if t.Failed() {
			t.Errorf("repeat round %d with -round=%d; it had these faults: %s; file:\n%s\nwprun said:\n%s",
				rounds, seed, strings.Join(s.told, ", "), s.file, fileText(s.out()))
		}
		if err := os.RemoveAll(s.dir); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d rounds", rounds)
}

func buildForSoak(t *testing.T) []string {
	dir := t.TempDir()
	plain, jumping := filepath.Join(dir, "plain", "wprun"), filepath.Join(dir, "jumping", "wprun")
	project, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	builds := []*exec.Cmd{
		exec.Command("go", "build", "-o", plain, "wprun/cmd/wprun"),
		exec.Command("sh", "testdata/jumping-clock.sh", jumping),
	}
	for _, cmd := range builds {
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "PROJECT="+project)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("cannot build wprun: %v\n%s", err, out)
		}
	}
	return []string{plain, jumping}
}

// soak is one round.
type soak struct {
	dir, file string
	wprun     string
	random    *rand.Rand
	tasks     []string
	front     *exec.Cmd
	ended     chan struct{}
	told      []string // the faults that were made
	harmless  bool     // so far no fault that a command can notice
	// Who was killed, maybe too late: where it is both, nobody may be left to end
	// what runs.
	frontKilled, supervisorKilled bool
}

func (s *soak) out() string { return filepath.Join(s.dir, "out") }

// lay writes a random graph. What comes last waits for all services and for a
// watchpoint that somebody else makes when there is enough of faults.
func (s *soak) lay() error {
	var file strings.Builder
	fmt.Fprintln(&file, "keep_runs = 2")
	if s.random.IntN(2) == 0 {
		fmt.Fprintln(&file, `base = "base"`)
	}
	fmt.Fprint(&file, "[[watchpoint]]\nkey = \"go\"\nbase = \"ext\"\nexternal = true\n")
	var names, services []string
	scripts := map[string]string{}
	for i := range 2 + s.random.IntN(8) {
		name := fmt.Sprintf("p%d", i)
		waits := s.some(names)
		if i > 0 && s.random.IntN(3) == 0 {
			restart := []string{"no", "on-failure", "always"}[s.random.IntN(3)]
			fmt.Fprintf(&file, "[service.%s]\nready = { log = \"^up$\" }\nrestart = %q\nstop = { timeout = \"2s\" }\n", name, restart)
			scripts[name] = "earn\nsay 2\ntell up\ntrap 'exit 0' TERM\nsleep 100 & wait\n"
			services = append(services, name)
		} else {
			fmt.Fprintf(&file, "[task.%s]\n", name)
			scripts[name] = s.script(slices.DeleteFunc(slices.Clone(waits), func(w string) bool { return slices.Contains(services, w) }))
			s.tasks = append(s.tasks, name)
		}
		fmt.Fprintf(&file, "command = \"exec sh %s.sh\"\nwaits_on = %s\n", name, list(waits))
		names = append(names, name)
	}
	fmt.Fprintf(&file, "[task.last]\ncommand = \"exec sh last.sh\"\nwaits_on = %s\n", list(append(services, "p0", "go")))
	scripts["last"] = s.script([]string{"p0"})
	s.tasks, s.file, s.harmless = append(s.tasks, "last"), file.String(), true
	return s.write(scripts)
}

func (s *soak) write(scripts map[string]string) error {
	if err := plant(s.dir, "precious", "base/precious", "base/foreign.watch/", ".wprun/precious"); err != nil {
		return err
	}
	for name, text := range scripts {
		if err := os.WriteFile(filepath.Join(s.dir, name+".sh"), []byte(witness+text), 0o666); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(s.dir, "wprun.toml"), []byte(s.file), 0o666)
}

// script is that of a task behind these gates.
func (s *soak) script(gates []string) string {
	var b strings.Builder
	for _, g := range gates {
		fmt.Fprintf(&b, "gate \"$WPRUN_PATH_%s\"\n", strings.ToUpper(g))
	}
	fmt.Fprintf(&b, "say %d\nsleep 0.%02d\nsay %d\nearn\n", s.random.IntN(30), s.random.IntN(20), s.random.IntN(3))
	return b.String()
}

func (s *soak) some(names []string) []string {
	var chosen []string
	for _, n := range names {
		if s.random.IntN(4) == 0 {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

func list(names []string) string {
	var quoted []string
	for _, n := range names {
		quoted = append(quoted, fmt.Sprintf("%q", n))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// round runs, disturbs and looks what is left.
func (s *soak) round() []string {
	if err := s.start(); err != nil {
		return []string{err.Error()}
	}
	for range s.random.IntN(4) {
		time.Sleep(time.Duration(s.random.IntN(150)) * time.Millisecond) // a random moment
		d := disturbances[s.random.IntN(len(disturbances))]
		s.told = append(s.told, d.name)
		s.harmless = s.harmless && d.harmless
		if err := d.do(s); err != nil {
			return []string{fmt.Sprintf("cannot disturb with %q: %v", d.name, err)}
		}
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "ext", "go.watch"), 0o777); err != nil {
		return []string{err.Error()}
	}
	if !within(patience, func() bool { return isClosed(s.ended) }) {
		_ = s.front.Process.Kill()
		return append([]string{"wprun does not end"}, survivors(s.dir)...)
	}
	var faults []string
	if code := codeOf(s.front.ProcessState); s.harmless && code != "0" {
		faults = append(faults, fmt.Sprintf("wprun ended with %s though nothing touched a command", code))
	}
	if s.frontKilled && s.supervisorKilled {
		if out, err := s.command("clean").CombinedOutput(); err != nil {
			faults = append(faults, fmt.Sprintf("cannot clean: %v\n%s", err, out))
		}
	}
	return append(faults, invariants(s.dir, s.again)...)
}

func (s *soak) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.wprun, args...)
	cmd.Dir, cmd.Env = s.dir, append(os.Environ(), "WORK="+s.dir)
	return cmd
}

func (s *soak) start() error {
	out, err := os.Create(s.out())
	if err != nil {
		return err
	}
	defer out.Close()
	s.front, s.ended = s.command("run"), make(chan struct{})
	s.front.Stdout, s.front.Stderr = out, out
	s.front.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := s.front.Start(); err != nil {
		return err
	}
	go func() {
		defer close(s.ended)
		_ = s.front.Wait()
	}()
	return nil
}

// again runs the plain file; all that somebody else makes is there.
func (s *soak) again() string {
	out, err := s.command("run").CombinedOutput()
	if err != nil {
		return fmt.Sprintf("%v; it said:\n%s", err, out)
	}
	for _, name := range s.tasks {
		if !strings.Contains(string(out), "wprun: "+name+" succeeded") {
			return fmt.Sprintf("%s did not succeed; it said:\n%s", name, out)
		}
	}
	return ""
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
