//go:build unix

package proc

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// attempt is a start that must fail.
type attempt struct {
	argv []string
	dir  string
	env  []string
	code int
	want string // the reason; the program is named before it, or in it
}

func TestStartErrors(t *testing.T) {
	s, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(time.Minute)
	dir := t.TempDir()
	fixtures(t, dir)
	long := strings.Repeat("x", 140_000)
	many := make([]string, 80)
	for i := range many {
		many[i] = long[:100_000]
	}
	for _, a := range []attempt{
		{nil, "", nil, 126, `the command is empty`},
		{[]string{""}, "", nil, 127, `the name of the program is empty`},
		{[]string{"nosuch"}, "", nil, 127, `"nosuch" is not in PATH`},
		{[]string{"true"}, "", []string{"A=b"}, 127, `"true" cannot be looked up, since the environment has no PATH`},
		{[]string{"plain"}, dir, []string{"PATH=/nowhere:bin"}, 126, `"DIR/bin/plain" is not executable; chmod +x it`},
		{[]string{"sub"}, dir, []string{"PATH=."}, 127, `"sub" is not in PATH`},
		{[]string{"./nosuch"}, dir, nil, 127, `"./nosuch" does not exist in "DIR"`},
		{[]string{dir + "/nosuch"}, dir, nil, 127, `"DIR/nosuch" does not exist`},
		{[]string{"./bin/plain"}, dir, nil, 126, `"./bin/plain" is not executable; chmod +x it`},
		{[]string{"./sub"}, dir, nil, 126, `"./sub" is a directory`},
		{[]string{"./bin/plain/x"}, dir, nil, 126, `"./bin/plain/x" cannot be reached: not a directory`},
		{[]string{"./badshebang"}, dir, nil, 127, `the interpreter "/no/such" of "./badshebang" does not exist`},
		{[]string{"./crlf"}, dir, nil, 127, `the first line of "./crlf" ends in a carriage return, so that "/bin/sh\r" is looked for; save it with LF line ends`},
		{[]string{"./deadshebang"}, dir, nil, 126, `the interpreter "bin/plain" of "./deadshebang" is not executable`},
		{[]string{"./noshebang"}, dir, nil, 126, `"./noshebang" is neither a binary nor a script; a script begins with a line such as "#!/bin/sh"`},
		{[]string{"./empty"}, dir, nil, 126, `"./empty" is empty`},
		{[]string{"./elf"}, dir, nil, 126, `this binary was built for another kind of machine`},
		{[]string{"./loop"}, dir, nil, 126, `"./loop" cannot be reached: too many levels of symbolic links`},
		{[]string{"true"}, dir + "/nosuch", nil, 126, `the directory "DIR/nosuch" does not exist`},
		{[]string{"/bin/nosuch"}, dir + "/nosuch", nil, 126, `the directory "DIR/nosuch" does not exist`},
		{[]string{"nosuch"}, dir + "/nosuch", nil, 126, `the directory "DIR/nosuch" does not exist`},
		{[]string{"true"}, dir + "/empty", nil, 126, `"DIR/empty" is a file, not a directory`},
		{[]string{"true"}, dir + "/empty/x", nil, 126, `the directory "DIR/empty/x" cannot be entered: not a directory`},
		{[]string{"true", long}, "", nil, 126, `argument list too long; one argument or variable has 140000 bytes, at most 131071 fit`},
		{append([]string{"true"}, many...), "", []string{"PATH=/bin:/usr/bin"}, 126, `argument list too long; arguments and environment have 8000104 bytes`},
		{[]string{"true", "a\x00b"}, "", nil, 126, `an argument holds a NUL byte`},
		{[]string{"true"}, "", []string{"PATH=/bin:/usr/bin", "V=\x00"}, 126, `the variable "V" holds a NUL byte`},
	} {
		a.check(t, s, dir)
	}
	if n := s.Running(); n != 0 {
		t.Errorf("%d commands run", n)
	}
}

func (a attempt) check(t *testing.T, s *Set, dir string) {
	t.Helper()
	if a.env == nil {
		a.env = os.Environ()
	}
	program := ""
	if len(a.argv) > 0 {
		program = a.argv[0]
	}
	pid, err := begin(s, 1, Spec{Argv: a.argv, Dir: a.dir, Env: a.env})
	var problem *StartError
	if !errors.As(err, &problem) || pid != 0 {
		t.Fatalf("%.60q: pid %d, error %v", a.argv, pid, err)
	}
	want := strings.ReplaceAll(a.want, "DIR", dir)
	if name := fmt.Sprintf("%q", program); strings.Contains(want, name) {
		want = "cannot start: " + want
	} else {
		want = fmt.Sprintf("cannot start %s: %s", name, want)
	}
	if problem.Code != a.code || problem.Error() != want {
		t.Errorf("%.60q in %q:\n got %d %s\nwant %d %s", a.argv, a.dir, problem.Code, problem, a.code, want)
	}
}

// begin starts a command and waits until its program is executed, or cannot be.
func begin(s *Set, id ID, spec Spec) (pid int, err error) {
	pid, err = s.Start(id, spec)
	for err == nil {
		s.Wait(true, nil)
		for _, begun := range s.Begun() {
			if begun.Err == nil {
				return pid, nil
			}
			pid, err = 0, begun.Err
		}
	}
	return 0, err
}

func fixtures(t *testing.T, dir string) {
	t.Helper()
	for _, f := range []struct {
		name, text string
		mode       os.FileMode
	}{
		{"bin/plain", "#!/bin/sh\n", 0o600},
		{"sub/x", "", 0o700},
		{"badshebang", "#!/no/such -x\n", 0o700},
		{"crlf", "#!/bin/sh\r\necho\r\n", 0o700},
		{"deadshebang", "#! bin/plain\n", 0o700},
		{"noshebang", "echo hello\n", 0o700},
		{"empty", "", 0o700},
		{"elf", "\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 200), 0o700},
	} {
		file := filepath.Join(dir, f.name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(f.text), f.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Fatal(err)
	}
}

func TestNumbersAreExplained(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	spec := Spec{Argv: []string{"true"}}
	for errno, want := range map[syscall.Errno]StartError{
		syscall.EAGAIN:  {Code: 125, Reason: `no more processes may be started; raise the limit (ulimit -u, or pids of the container) or run fewer at once`},
		syscall.ENOMEM:  {Code: 125, Reason: `not enough memory to start a process; run fewer at once`},
		syscall.ENFILE:  {Code: 125, Reason: `the system has no more open files to give (sysctl fs.file-max)`},
		syscall.EMFILE:  {Code: 125, Reason: fmt.Sprintf("too many open files; the limit is %d and each running command takes up to 4; raise it (ulimit -n) or run fewer at once", limit.Cur)},
		syscall.ETXTBSY: {Code: 126, Reason: `something still has it open for writing`},
		syscall.ENOENT:  {Code: 127, Reason: `an interpreter or loader that it needs does not exist`},
		syscall.ENOEXEC: {Code: 126, Reason: `this binary was built for another kind of machine`},
		syscall.EACCES:  {Code: 126, Reason: `permission denied`},
		syscall.EPERM:   {Code: 126, Reason: `operation not permitted`},
	} {
		got := explain(spec, "/bin/true", errno)
		if got.Code != want.Code || got.Reason != want.Reason || !errors.Is(got, errno) || got.Passing != (want.Code == 125) {
			t.Errorf("%d: %d %s, passing: %v", int(errno), got.Code, got.Reason, got.Passing)
		}
	}
}

func TestLaunchTriesAgain(t *testing.T) {
	for _, test := range []struct {
		err   error
		fails int // how often before it works
		tries int
		took  time.Duration
		ok    bool
	}{
		{nil, 0, 1, 0, true},
		{syscall.ENOENT, 9, 1, 0, false},
		{syscall.ETXTBSY, 2, 3, 30 * time.Millisecond, true},
		{syscall.ETXTBSY, 6, 7, 630 * time.Millisecond, true},
		{syscall.ETXTBSY, 9, 7, 630 * time.Millisecond, false},
		{syscall.EAGAIN, 1, 1, 0, false},
		{syscall.ENOMEM, 1, 1, 0, false},
		{syscall.EMFILE, 1, 1, 0, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries, begin := 0, time.Now()
			err := whileBusy(func() error {
				if tries++; tries > test.fails {
					return nil
				}
				return test.err
			})
			if took := time.Since(begin); tries != test.tries || took != test.took || (err == nil) != test.ok {
				t.Errorf("%v, %d times: %d tries, %v, %v", test.err, test.fails, tries, took, err)
			}
		})
	}
}
