//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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
	return plant(s.work, ".precious", ".foreign.watch/")
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

// condition knows, beside the conditions of testscript, [have:PROGRAM], [can:WHAT]
// and [could:WHAT]. In CI every program has to be there, and everything that is
// asked for with can has to be possible.
func condition(name string) (bool, error) {
	word, what, _ := strings.Cut(name, ":")
	ok, hint := false, "has to be installed"
	switch word {
	case "have":
		ok = have(what)
	case "can", "could":
		try, known := abilities[what]
		if !known {
			return false, fmt.Errorf("unknown ability")
		}
		ok, hint = try(), "has to be possible"
	default:
		return false, fmt.Errorf("unknown condition")
	}
	if !ok && word != "could" && os.Getenv("CI") == "true" {
		return false, fmt.Errorf("%s %s where CI=true", what, hint)
	}
	return ok, nil
}

// abilities are what not every machine lets everybody do.
var abilities = map[string]func() bool{
	"root":   func() bool { return os.Geteuid() == 0 },
	"userns": sync.OnceValue(func() bool { return works("unshare", "-Ur", "true") }),
	// mount file systems, in a namespace of one's own
	"mount": sync.OnceValue(func() bool { return works("unshare", "-Urm", "mount", "-t", "tmpfs", "none", "/mnt") }),
	"loop": sync.OnceValue(func() bool {
		return works("unshare", "-m", "sh", "-c", "truncate -s 4M /tmp/$$.e2e && mke2fs -q /tmp/$$.e2e && mount -o loop /tmp/$$.e2e /mnt; c=$?; rm -f /tmp/$$.e2e; exit $c")
	}),
	"timens": sync.OnceValue(func() bool { return works("unshare", "-UrT", "--monotonic", "1000", "true") }),
	"strace": sync.OnceValue(func() bool { return works("strace", "-qq", "-o", "/dev/null", "true") }),
	"pidns":  sync.OnceValue(func() bool { return works("unshare", "-Urpf", "true") }),
}

func works(name string, args ...string) bool { return exec.Command(name, args...).Run() == nil }

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
