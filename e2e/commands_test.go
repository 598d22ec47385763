//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

type command = func(ts *testscript.TestScript, neg bool, args []string)

// commands are the words that stories have beside those of testscript. CODE is
// a number, or the name of the signal that ended the program.
func (l lab) commands() map[string]command {
	return map[string]command{
		// code CODE COMMAND...: run it; stdout and stderr are cleaned of what
		// no two runs have in common.
		"code": code,
		// start NAME COMMAND...: in the background, into NAME.out and NAME.err.
		"start": start,
		// pty NAME COMMAND...: the same on a terminal of its own, into NAME.out.
		"pty": terminal,
		// press NAME ^C: type at the terminal.
		"press": press,
		// hangup NAME: close the terminal.
		"hangup": hangup,
		// signal NAME SIGNAL: to wprun. NAME:supervisor is the process behind it,
		// NAME:group the group that a shell's kill -9 %1 reaches.
		"signal": signalJob,
		// ends NAME CODE: wait for its end; stdout and stderr are as with code.
		"ends": l.ends,
		// [!] waitdir DIR...: until all are there, or none.
		"waitdir": l.waitDir,
		// waitfile FILE...
		"waitfile": l.waitFile,
		// waitmatch FILE REGEXP
		"waitmatch": l.waitMatch,
		// alive PIDFILE..., gone PIDFILE...
		"alive": alive,
		"gone":  l.gone,
		// [!] counts FILE...: what the steps hop and bomb count in goes on growing,
		// or not.
		"counts": l.counts,
		// halted PIDFILE...: wait until they are stopped, as by Ctrl-Z.
		"halted": l.halted,
		// journal [REGEXP]: the events of the latest run to stdout, without
		// what no two runs have in common.
		"journal": journal,
		// port NAME: put a free port into the environment.
		"port": port,
		// fill FILE NAME...: replace $NAME by its value.
		"fill": fill,
		// copydir FROM TO: without what runs have left there.
		"copydir": copyDir,
		// chains N FILE: write a file of N chains; see chainsFile.
		"chains": chains,
		// services N FILE: write a file of N services; see servicesFile.
		"services": services,
		// floods FILE N LINES [KEY=VALUE...]: write a file of N tasks that write
		// many lines; see floodsFile.
		"floods": floods,
		// whole FILE N LINES: all of those are in what was shown, and in the logs.
		"whole": whole,
		// resize NAME ROWS COLUMNS: of a job's terminal.
		"resize": resize,
	}
}

// want checks the number of arguments and that there is no "!".
func want(ts *testscript.TestScript, neg bool, ok bool, usage string) {
	if neg || !ok {
		ts.Fatalf("usage: %s", usage)
	}
}

func code(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 2, "code CODE COMMAND...")
	err := ts.Exec(args[1], args[2:]...)
	s := storyOf(ts)
	fmt.Fprint(ts.Stdout(), s.clean(ts.ReadFile("stdout")))
	fmt.Fprint(ts.Stderr(), s.clean(ts.ReadFile("stderr")))
	var state *os.ProcessState
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		state = exit.ProcessState
	} else if err != nil {
		ts.Fatalf("cannot run %q: %v", args[1], err)
	}
	if got := codeOf(state); got != args[0] {
		ts.Fatalf("%q ended with %s, want %s", args[1], got, args[0])
	}
}

// codeOf takes nil as success.
func codeOf(state *os.ProcessState) string {
	if state == nil {
		return "0"
	}
	if status := state.Sys().(syscall.WaitStatus); status.Signaled() {
		return unix.SignalName(status.Signal())
	}
	return strconv.Itoa(state.ExitCode())
}

var varying = []struct {
	found *regexp.Regexp
	is    string
}{
	{regexp.MustCompile(`\b\d{8}-\d{6}-[0-9a-f]{4}\b`), "RUN"},
	{regexp.MustCompile(`(?m)((?:succeeded|failed|is ready) after )[0-9.hmsµn]+(:|$)`), "${1}TIME$2"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\.\d{3}\b`), "TIME"},
	{regexp.MustCompile(`\(\d+ tr(y|ies)\)`), "(N tries)"},
}

// clean replaces what no two runs have in common.
func (s *story) clean(text string) string {
	text = strings.ReplaceAll(text, s.work, "$WORK")
	for _, v := range varying {
		text = v.found.ReplaceAllString(text, v.is)
	}
	return text
}

func (l lab) waitDir(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, false, len(args) > 0, "[!] waitdir DIR...")
	for _, name := range args {
		path := ts.MkAbs(name)
		if !within(l.limit, func() bool {
			info, err := os.Lstat(path)
			return (err == nil && info.IsDir()) != neg
		}) {
			ts.Fatalf("waited %v in vain for %s", l.limit, name)
		}
	}
}

func (l lab) waitFile(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) > 0, "waitfile FILE...")
	for _, name := range args {
		if !within(l.limit, func() bool {
			info, err := os.Stat(ts.MkAbs(name))
			return err == nil && info.Size() > 0
		}) {
			ts.Fatalf("waited %v in vain for %s", l.limit, name)
		}
	}
}

func (l lab) waitMatch(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "waitmatch FILE REGEXP")
	pattern, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	var text []byte
	if !within(l.limit, func() bool {
		text, _ = os.ReadFile(ts.MkAbs(args[0]))
		return pattern.Match(text)
	}) {
		ts.Fatalf("waited %v in vain for %q in %s, which has:\n%s", l.limit, args[1], args[0], text)
	}
}

func alive(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) > 0, "alive PIDFILE...")
	for _, name := range args {
		if !isAlive(pidIn(ts, name)) {
			ts.Fatalf("the process of %s is not alive", name)
		}
	}
}

func (l lab) gone(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) > 0, "gone PIDFILE...")
	for _, name := range args {
		pid := pidIn(ts, name)
		if !soon(func() bool { return !isAlive(pid) }) {
			ts.Fatalf("process %d of %s is alive: %s", pid, name, commandLine(pid))
		}
	}
}

func (l lab) counts(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, false, len(args) > 0, "[!] counts FILE...")
	for _, name := range args {
		grows := func() bool {
			before := ts.ReadFile(name)
			time.Sleep(50 * time.Millisecond) // far more than a step takes
			return ts.ReadFile(name) != before
		}
		if neg && !soon(func() bool { return !grows() }) {
			ts.Fatalf("what counts in %s is alive", name)
		}
		if !neg && !within(l.limit, grows) {
			ts.Fatalf("nothing counts in %s", name)
		}
	}
}

func (l lab) halted(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) > 0, "halted PIDFILE...")
	for _, name := range args {
		pid := pidIn(ts, name)
		if !within(l.limit, func() bool { return stateOf(pid) == 'T' }) {
			ts.Fatalf("process %d of %s is not stopped: %s", pid, name, commandLine(pid))
		}
	}
}

func pidIn(ts *testscript.TestScript, name string) int {
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(name)))
	if err != nil {
		ts.Fatalf("%s holds no process number: %v", name, err)
	}
	return pid
}

func port(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 1, "port NAME")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	_, number, err := net.SplitHostPort(l.Addr().String())
	ts.Check(errors.Join(err, l.Close()))
	ts.Setenv(args[0], number)
}

func fill(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) >= 2, "fill FILE NAME...")
	text := ts.ReadFile(args[0])
	for _, name := range args[1:] {
		text = strings.ReplaceAll(text, "$"+name, ts.Getenv(name))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

func copyDir(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, len(args) == 2, "copydir FROM TO")
	from, to := ts.MkAbs(args[0]), ts.MkAbs(args[1])
	ts.Check(filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rest, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch target := filepath.Join(to, rest); {
		case entry.IsDir() && (entry.Name() == ".wprun" || filepath.Ext(entry.Name()) == ".watch"):
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o777)
		default:
			return copyFile(path, target)
		}
	}))
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, info.Mode().Perm())
}
