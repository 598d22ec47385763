package proc

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wprun/internal/procfs"
)

// patience is how long a test waits for what must come; it ends only tests
// that have failed.
const patience = 30 * time.Second

// bench is a Set, what its commands wrote and how they ended.
type bench struct {
	testing.TB
	*Set
	env    []string
	output map[ID]*bytes.Buffer
	begun  map[ID]Begun
	exits  map[ID]Exit
	closed bool
}

func newBench(t testing.TB) *bench {
	t.Helper()
	runtime.LockOSThread()
	s, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{TB: t, Set: s, output: map[ID]*bytes.Buffer{}, begun: map[ID]Begun{}, exits: map[ID]Exit{}}
	b.env = append(os.Environ(), "WPRUN_RUN_ID="+fmt.Sprintf("%s-%d", t.Name(), time.Now().UnixNano()))
	t.Cleanup(func() {
		b.end()
		runtime.UnlockOSThread()
	})
	return b
}

// end closes the Set, once, and fails the test if anything is left.
func (b *bench) end() {
	b.Helper()
	if b.closed {
		return
	}
	b.closed = true
	if left := b.Close(patience); len(left) > 0 {
		b.Errorf("Close left %v", left)
	}
	if left := b.marked(); len(left) > 0 {
		b.Errorf("after Close there is still %v", left)
	}
}

// marked lists the live processes that have inherited this run's environment.
func (b *bench) marked() (pids []int) {
	mark := []byte(b.env[len(b.env)-1])
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environ, _ := os.ReadFile(file)
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		if bytes.Contains(environ, mark) && living(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func (b *bench) spec(id ID, argv ...string) Spec {
	buffer := &bytes.Buffer{}
	b.output[id] = buffer
	return Spec{
		Argv:   argv,
		Env:    append(b.env[:len(b.env):len(b.env)], fmt.Sprintf("WPRUN_PROCESS=p%d", id)),
		Marks:  []string{b.env[len(b.env)-1], fmt.Sprintf("WPRUN_PROCESS=p%d", id)},
		Output: func(p []byte) { buffer.Write(p) },
	}
}

// Start is that of the Set, and waits until the command has begun.
func (b *bench) Start(id ID, spec Spec) (pid int, err error) {
	b.Helper()
	delete(b.begun, id)
	if pid, err = b.Set.Start(id, spec); err != nil {
		return 0, err
	}
	b.until(fmt.Sprintf("begin of %d", id), func() bool { _, ok := b.begun[id]; return ok })
	return pid, b.begun[id].Err
}

func (b *bench) start(id ID, argv ...string) int {
	b.Helper()
	pid, err := b.Start(id, b.spec(id, argv...))
	if err != nil {
		b.Fatal(err)
	}
	return pid
}

func (b *bench) shell(id ID, script string) int {
	b.Helper()
	return b.start(id, "sh", "-c", script)
}

// await runs the Set until the command is reported.
func (b *bench) await(id ID) Exit {
	b.Helper()
	b.until(fmt.Sprintf("exit of %d", id), func() bool { _, ok := b.exits[id]; return ok })
	return b.exits[id]
}

// until runs the Set until cond holds, looking again and again.
func (b *bench) until(what string, cond func() bool) {
	b.Helper()
	for deadline := time.Now().Add(patience); !cond(); {
		if time.Now().After(deadline) {
			b.Fatalf("waited in vain for %s", what)
		}
		again := time.AfterFunc(2*time.Millisecond, b.Wake)
		for _, exit := range b.Wait(true, nil) {
			if _, twice := b.exits[exit.ID]; twice {
				b.Fatalf("exit of %d reported twice", exit.ID)
			}
			b.exits[exit.ID] = exit
		}
		b.take()
		again.Stop()
	}
}

// take notes what has begun.
func (b *bench) take() {
	for _, begun := range b.Set.Begun() {
		b.begun[begun.ID] = begun
	}
}

// untilOutput runs the Set until the command has written text.
func (b *bench) untilOutput(id ID, text string) {
	b.Helper()
	b.until(fmt.Sprintf("%q", text), func() bool { return strings.Contains(b.output[id].String(), text) })
}

// number returns the number that follows word in the command's output.
func (b *bench) number(id ID, word string) int {
	b.Helper()
	b.untilOutput(id, word+" ")
	b.until("a whole line", func() bool { return strings.HasSuffix(b.output[id].String(), "\n") })
	_, rest, _ := strings.Cut(b.output[id].String(), word+" ")
	pid, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return pid
}

// pending are the sources that epoll tells of now, again and again.
func (b *bench) pending() (told []source) {
	events := make([]unix.EpollEvent, 16)
	n, err := unix.EpollWait(b.epoll, events, 0)
	for err == unix.EINTR {
		n, err = unix.EpollWait(b.epoll, events, 0)
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, event := range events[:n] {
		if event.Fd != wakeToken {
			told = append(told, b.sources[event.Fd])
		}
	}
	return told
}

func (b *bench) untilGone(pid int) {
	b.Helper()
	b.until(fmt.Sprintf("end of %d", pid), func() bool { return !living(pid) })
}

func living(pid int) bool {
	st, ok := procfs.StatusOf(pid)
	return ok && st.State != 'Z'
}

func stateOf(pid int) byte {
	st, _ := procfs.StatusOf(pid)
	return st.State
}
