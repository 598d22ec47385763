//go:build linux

// Package e2e tells stories of whole runs: the real binary, real processes, real
// directories. A story is a file of testdata in the language of testscript; what
// it needs beyond that language is in the commands of this package, and what its
// processes do is said by the arguments of a program named helper.
//
//	go test ./e2e -run Fault/07        the story of one fault
//	go test ./e2e -run Story -update   renew what the stories compare with cmp
//
// When a story ends, whatever it was about, nothing that it started may be alive
// and its runs must have kept the rules of a run; see invariants_test.go.
package e2e

import (
	"flag"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wprun/internal/cli"
)

var update = flag.Bool("update", false, "write what the stories got into the files they compare it with")

// TestMain makes the test binary be the programs of the stories.
func TestMain(m *testing.M) {
	testscript.Main(hearing{m}, map[string]func(){
		"wprun":   wprun,
		"wpguard": wprun,
		"helper":  func() { helper(os.Args[1:]) },
	})
}

// hearing runs the tests so that their programs begin with no signal ignored: a
// script's background job would pass on that SIGINT is.
type hearing struct{ m *testing.M }

func (h hearing) Run() int {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGTERM} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
	return h.m.Run()
}

func wprun() { os.Exit(cli.Main(os.Args[1:], cli.System())) }

// TestFault has a story for each way to go wrong that somebody has met, or that
// a user will try in the first week.
func TestFault(t *testing.T) { tell(t, "testdata/fault") }

// TestStory has the stories of what wprun is for.
func TestStory(t *testing.T) { tell(t, "testdata") }

// TestDone has a story for each way in which what was done may have to be done
// again.
func TestDone(t *testing.T) { tell(t, "testdata/done") }

// TestExample runs the folders of examples.
func TestExample(t *testing.T) { tell(t, "testdata/example") }

func tell(t *testing.T, dir string) {
	l := lab{limit: time.Minute}
	if deadline, ok := t.Deadline(); ok {
		l.limit = min(l.limit, time.Until(deadline)/2)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		Setup:               l.setup,
		Condition:           condition,
		Cmds:                l.commands(),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	})
}
