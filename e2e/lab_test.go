//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// lab is what all stories of a test share.
type lab struct {
	// limit is how long a story waits for something that has to happen.
	limit time.Duration
}

// story is one script that is being run.
type story struct {
	t    testing.TB
	work string
	env  []string
	jobs map[string]*job
}

type storyKey struct{}

func storyOf(ts *testscript.TestScript) *story { return ts.Value(storyKey{}).(*story) }

func (l lab) setup(env *testscript.Env) error {
	project, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	env.Vars = append(env.Vars, "PROJECT="+project, "TERM=dumb", "LC_ALL=C")
	if os.Getenv("GORACE") == "" {
		// The race detector would hold every end of a process up for a second.
		env.Vars = append(env.Vars, "GORACE=atexit_sleep_ms=0")
	}
	goVars, err := goEnvironment()
	if err != nil {
		return err
	}
	env.Vars = append(env.Vars, goVars...)
	s := &story{t: env.T().(testing.TB), work: env.WorkDir, env: env.Vars, jobs: map[string]*job{}}
	env.Values[storyKey{}] = s
	env.Defer(func() { s.end(l.limit) })
	return nil
}

// goEnvironment lets stories use the caches of whoever runs the tests: their
// HOME is another.
func goEnvironment() ([]string, error) {
	names := []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOPROXY", "GOTOOLCHAIN"}
	out, err := exec.Command("go", append([]string{"env"}, names...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("cannot ask go for its environment: %w", err)
	}
	var vars []string
	for i, value := range strings.SplitN(strings.TrimSuffix(string(out), "\n"), "\n", len(names)) {
		vars = append(vars, names[i]+"="+value)
	}
	return vars, nil
}

// condition knows [have:PROGRAM] beside the conditions of testscript. In CI
// every program has to be there.
func condition(name string) (bool, error) {
	program, ok := strings.CutPrefix(name, "have:")
	if !ok {
		return false, fmt.Errorf("unknown condition")
	}
	if have(program) {
		return true, nil
	}
	if os.Getenv("CI") == "true" {
		return false, fmt.Errorf("%s has to be installed where CI=true", program)
	}
	return false, nil
}

func have(program string) bool {
	if _, err := exec.LookPath(program); err == nil {
		return true
	}
	// Debian keeps PostgreSQL's programs out of PATH.
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/" + program)
	return err == nil && len(found) > 0
}

// within calls done until it is true or the limit is over.
func within(limit time.Duration, done func() bool) bool {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(limit)
	defer end.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end.C:
			return done()
		}
	}
	return true
}
