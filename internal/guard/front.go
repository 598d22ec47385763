package guard

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"

	"wprun/internal/proc"
)

// AloneError says that there can be no second process.
type AloneError struct{ Err error }

func (e *AloneError) Error() string { return e.Err.Error() }
func (e *AloneError) Unwrap() error { return e.Err }

const (
	// pauseLimit is how long the front waits until all is paused before it stops.
	pauseLimit = time.Second
	// settle is for a SIGCONT that has come to be heard of, before and while the stop
	// is held: if the front stopped after it, nobody would let it go on. Of two
	// signals at once Go hands over the one with the smaller number first, which is
	// SIGCONT.
	settle = 20 * time.Millisecond
	// showLimit is how long after a request to end a terminal that takes nothing
	// is waited for.
	showLimit = 2 * time.Second
	// frontThreads is how many threads the front blocks at a time in system calls,
	// and some more.
	frontThreads = 10
	// lastRequest is the number of the request after which nothing is waited for.
	lastRequest = 3
)

// front is the state of one Front, of one goroutine.
type front struct {
	link    *link
	streams *streams
	pid     int          // of the supervisor
	group   *proc.Cgroup // that it is in; nil if there is none

	signals chan os.Signal
	told    chan message            // closed at the end of the link
	exited  chan syscall.WaitStatus // nil when the supervisor is dead
	shown   <-chan struct{}         // nil while it lives
	limit   <-chan time.Time        // nothing is waited for any longer
	stop    <-chan time.Time        // nil but when a pause was asked for
	held    *heldStop               // nil but when the SIGTSTP to stop by is pending
	went    time.Time               // when the latest SIGCONT came

	deaf    bool // SIGHUP is ignored
	count   count
	cause   syscall.Signal // of the first request
	outcome *Outcome       // nil until the supervisor has told
	err     error
}

// Front runs this program with args as the supervisor, and returns how that ended.
// An error is to be shown to the user; it may be an AloneError, and then nothing
// was done. Without one, signals go on to be kept from this program, whose end is all
// that is left.
func Front(args []string) (Outcome, error) {
	f := &front{
		signals: make(chan os.Signal, 16),
		told:    make(chan message),
		exited:  make(chan syscall.WaitStatus, 1),
	}
	if err := f.begin(args); err != nil {
		return Outcome{Code: 125}, err
	}
	for !f.over() {
	}
	if f.group != nil {
		_ = f.group.Remove() // an empty group is in nobody's way
	}
	if f.err != nil {
		signal.Reset() // who shows it may have to wait: a signal may end this process again
	}
	return *f.outcome, f.err
}

// begin starts the supervisor.
func (f *front) begin(args []string) error {
	if err := room(); err != nil {
		return err
	}
	path, err := program()
	if err != nil {
		return err
	}
	if err := adopt(); err != nil {
		return err
	}
	if f.streams, err = openStreams(); err != nil {
		return fmt.Errorf("cannot show output: %w", err)
	}
	l, theirs, err := pair()
	if err != nil {
		return err
	}
	f.link = l
	null, err := os.Open(os.DevNull)
	if err != nil {
		return fmt.Errorf("cannot start the supervisor: %w", err)
	}
	defer null.Close()
	f.link.send(message{hello, number(f.streams.outShown), number(f.streams.errShown)})
	f.sendSize()
	f.deaf = ignored(syscall.SIGHUP)
	heed(f.signals)
	// Go has made sure that neither is ignored: they would end this process.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE, syscall.SIGQUIT)
	f.pid, f.group, err = launch(path, args, []uintptr{null.Fd(), f.streams.out.Fd(), f.streams.err.Fd(), uintptr(theirs)})
	unix.Close(theirs)
	if err != nil {
		return err
	}
	if n, known := softFiles(f.pid); known {
		f.link.send(message{word: files, a: n})
	}
	proc.KeepThreads(frontThreads)
	f.keepTerminal()
	f.streams.show()
	go f.link.listen(f.told)
	go f.reap()
	return nil
}

// keepTerminal takes the signals that only the front is to hear; what it ignores
// the supervisor would have inherited before.
func (f *front) keepTerminal() {
	signal.Notify(f.signals, syscall.SIGCONT, syscall.SIGWINCH)
	if !signal.Ignored(syscall.SIGTSTP) {
		signal.Notify(f.signals, syscall.SIGTSTP)
	}
	signal.Ignore(syscall.SIGTTOU) // it only writes to its terminal, and always may
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// sendSize tells how large the terminal is.
func (f *front) sendSize() {
	for fd := range 3 {
		if cols, rows, err := term.GetSize(fd); err == nil {
			f.link.send(message{resized, rows & 0xffff, cols & 0xffff})
			return
		}
	}
}

// reap waits for the supervisor, and for all that is this process's child for
// another reason: as process 1 it is given every orphan.
func (f *front) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if pid == f.pid || err != nil && !errors.Is(err, syscall.EINTR) {
			f.exited <- status
			return
		}
	}
}

// over waits for the next thing to happen, handles it, and says whether it was
// the last.
func (f *front) over() bool {
	select {
	case s := <-f.signals:
		f.take(s.(syscall.Signal))
	case m, ok := <-f.told:
		f.hear(m, ok)
	case status := <-f.exited:
		f.dead(status)
	case <-f.stop:
		f.stopNow()
	case <-f.streams.lost:
		// As if the terminal had sent it; it may do so, too.
		if !f.deaf {
			f.take(syscall.SIGHUP)
		}
	case <-f.shown:
		return true
	case <-f.limit:
		f.giveUp()
		return true
	}
	return false
}

func (f *front) hear(m message, ok bool) {
	switch {
	case !ok:
		f.told = nil
	case m.word == ended:
		f.outcome = &Outcome{m.a, syscall.Signal(m.b)}
	case m.word == paused && f.stop != nil:
		f.stop = time.After(settle)
	}
}

func (f *front) take(s syscall.Signal) {
	switch s {
	case syscall.SIGTSTP:
		f.pause()
	case syscall.SIGCONT:
		f.went = time.Now()
		f.goOn()
	case syscall.SIGWINCH:
		f.sendSize()
	default:
		f.ask(s)
	}
}

// ask passes on a request to end the run.
func (f *front) ask(s syscall.Signal) {
	f.endPause()
	if !f.count.add(direct, s, time.Now()) {
		return
	}
	if f.cause == 0 {
		f.cause = s
	}
	f.link.send(message{asked, int(s), 0})
	switch {
	case f.exited == nil:
		f.limit = time.After(showLimit)
	case f.count.total() == lastRequest:
		f.limit = time.After(lastLimit)
	}
}

func (f *front) pause() {
	if time.Since(f.went) < settle {
		return
	}
	f.link.send(message{word: pause})
	f.stop = time.After(pauseLimit)
}

// endPause has it that no pause was asked for.
func (f *front) endPause() {
	f.stop = nil
	if f.held != nil {
		f.held.drop()
		f.held = nil
	}
}

func (f *front) goOn() {
	f.endPause()
	f.sendSize() // it may have changed behind a stopped process's back
	f.link.send(message{word: goOn})
}

// stopNow stops this process, unless it has been told to go on meanwhile. A SIGCONT
// that came before the stop was held has the time of a settle to be heard of.
func (f *front) stopNow() {
	f.drain()
	switch {
	case f.stop == nil:
	case f.held == nil:
		f.held = holdStop()
		f.stop = time.After(settle)
	default:
		f.held.take()
		f.held = nil
		f.goOn()
	}
}

// drain takes the signals that have come.
func (f *front) drain() {
	for {
		select {
		case s := <-f.signals:
			f.take(s.(syscall.Signal))
		default:
			return
		}
	}
}

// dead takes the end of the supervisor.
func (f *front) dead(status syscall.WaitStatus) {
	f.exited = nil
	for f.told != nil { // what it said is there, and then the end
		m, ok := <-f.told
		f.hear(m, ok)
	}
	if f.outcome == nil {
		f.clean(status)
	}
	f.shown = f.streams.shown()
	if f.cause != 0 {
		f.limit = time.After(showLimit)
	}
}
