//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestForetold disturbs random graphs and compares what -n tells with what a run then
// does, and why.
func TestForetold(t *testing.T) {
	t.Parallel()
	wprun, random := plainBuild(t), chance(t)
	for n := range graphs() {
		w, err := newWork(t.TempDir(), random)
		if err != nil {
			t.Fatal(err)
		}
		for step := range 4 {
			for range step {
				if err := w.meddle(); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.asForetold(wprun); err != nil {
				t.Fatalf("graph %d, step %d: %v; file:\n%s", n, step, err, fileText(w.path("wprun.toml")))
			}
		}
	}
}

// meddle disturbs, or edits an output.
func (w *work) meddle() error {
	if w.random.IntN(3) > 0 {
		return w.disturb()
	}
	return os.WriteFile(w.path(fmt.Sprintf("t%d", w.random.IntN(len(w.inputs)))), []byte("edited\n"), 0o666)
}

// asForetold runs what is foretold.
func (w *work) asForetold(wprun string) error {
	plan, err := w.said(wprun, "run", "-n")
	if err != nil {
		return err
	}
	run, err := w.said(wprun, "run")
	if err != nil {
		return err
	}
	var order []string
	for _, line := range foretold.FindAllStringSubmatch(plan, -1) {
		name, outcome, why := line[1], line[2], line[3]
		if wrong := otherwise(name, outcome, why, run); wrong != "" {
			return fmt.Errorf("%s:\n%s%s", wrong, plan, run)
		}
		order = append(order, name)
	}
	return w.ordered(order)
}

// foretold is a task's line of a plan.
var foretold = regexp.MustCompile(`(?m)^task (t\d+): .*(is up to date|may run|would run): (.*)$`)

func (w *work) said(argv ...string) (string, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%q: %w\n%s", argv, err, out)
	}
	return string(out), nil
}

// otherwise says how a run did otherwise than foretold of a task. Reasons may come in
// between that only what ran before it gave.
func otherwise(name, outcome, why, run string) string {
	did := regexp.MustCompile(`(?m)^wprun: ` + name + ` has to run: (.*)$`).FindStringSubmatch(run)
	switch {
	case outcome == "is up to date" && did != nil:
		return name + " ran"
	case outcome == "would run" && did == nil:
		return name + " did not run"
	case outcome == "would run":
		reasons := strings.Split(did[1], "; ")
		for reason := range strings.SplitSeq(why, "; ") {
			sure := !strings.Contains(reason, ", unless ") && !more.MatchString(reason)
			if sure && !slices.Contains(reasons, reason) && !more.MatchString(did[1]) {
				return fmt.Sprintf("%s ran, but not as %q", name, reason)
			}
		}
	}
	return ""
}

// more are the reasons that a line has no room for.
var more = regexp.MustCompile(`and \d+ more$`)

// ordered says whether each task is behind those that it reads from.
func (w *work) ordered(names []string) error {
	if len(names) != len(w.inputs) {
		return fmt.Errorf("of %d tasks %v are foretold", len(w.inputs), names)
	}
	for i, inputs := range w.inputs {
		name := fmt.Sprintf("t%d", i)
		for _, input := range inputs {
			if input[0] == 't' && slices.Index(names, input) > slices.Index(names, name) {
				return fmt.Errorf("%s is foretold before %s in %v", name, input, names)
			}
		}
	}
	return nil
}
