package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"wprun/internal/guard"
	"wprun/internal/runner"
)

// requests turns signals, output that cannot be written, and what the front
// tells, into requests to the run.
type requests struct {
	// C carries a value for each request to stop.
	C chan struct{}
	// Any is closed at the first of them.
	Any chan struct{}
	// Pause and Do are as the runner wants them.
	Pause chan runner.Pause
	Do    chan func()
	// Resize is called by way of Do.
	Resize func(rows, cols uint16)

	once   sync.Once
	done   chan struct{}
	at     atomic.Int64 // when the first request came, in ns since 1970
	first  atomic.Int32 // the number of the first signal, or another cause
	broken atomic.Pointer[error]
	size   atomic.Uint32 // of the terminal: rows above columns
}

// Causes that are no signal.
const (
	causeUnwritable = -1
	causeFrontDied  = -2
)

// orphanGrace is what commands get when the front has died.
const orphanGrace = time.Second

func newRequests() *requests {
	return &requests{
		C:      make(chan struct{}, 8),
		Any:    make(chan struct{}),
		Pause:  make(chan runner.Pause, 8),
		Do:     make(chan func(), 1),
		Resize: func(uint16, uint16) {},
		done:   make(chan struct{}),
	}
}

// listen begins to take requests: from the front, or where there is none, as
// signals.
func listen(front *guard.Supervisor) *requests {
	r := newRequests()
	if front != nil {
		front.Begin(guard.Handler{Asked: r.heard, Pause: r.pause, Resize: r.resize, Died: r.frontDied})
		return r
	}
	signals := make(chan os.Signal, 8)
	guard.Listen(signals)
	go r.forward(signals)
	return r
}

// forward ends when close is called.
func (r *requests) forward(signals chan os.Signal) {
	for {
		select {
		case s := <-signals:
			r.heard(s.(syscall.Signal))
		case <-r.done:
			signal.Stop(signals)
			return
		}
	}
}

// ask asks for the end of the run. Only what somebody does on purpose can be
// more than the first request: a closing terminal sends SIGHUP twice and cannot
// be written, and the Ctrl-C that ends a run also ends who reads its output.
func (r *requests) ask(cause int32, onPurpose bool) {
	r.at.CompareAndSwap(0, time.Now().UnixNano())
	if first := r.first.CompareAndSwap(0, cause); !first && !onPurpose {
		return
	}
	r.once.Do(func() { close(r.Any) })
	select {
	case r.C <- struct{}{}:
	default: // more requests than anybody can mean
	}
}

func (r *requests) heard(s syscall.Signal) { r.ask(int32(s), s != syscall.SIGHUP) }

// frontDied asks for an end that is quick, as nobody may be there to see it.
func (r *requests) frontDied() {
	r.ask(causeFrontDied, false)
	time.AfterFunc(orphanGrace, func() { r.ask(causeFrontDied, true) })
}

func (r *requests) pause(on bool, done func()) {
	ack := make(chan struct{})
	select {
	case r.Pause <- runner.Pause{On: on, Done: ack}:
	case <-r.done:
		close(ack)
	}
	if done == nil {
		return
	}
	go func() {
		select {
		case <-ack:
		case <-r.done:
		}
		done()
	}()
}

// resize leaves out sizes that are overtaken before anybody has used them.
func (r *requests) resize(rows, cols uint16) {
	r.size.Store(uint32(rows)<<16 | uint32(cols))
	select {
	case r.Do <- r.applySize:
	default:
	}
}

func (r *requests) applySize() {
	size := r.size.Load()
	r.Resize(uint16(size>>16), uint16(size))
}

// unwritable asks because the output cannot be written: a pipe that nobody reads
// any more is as if SIGPIPE had come.
func (r *requests) unwritable(err error) {
	if errors.Is(err, syscall.EPIPE) {
		r.ask(int32(syscall.SIGPIPE), false)
		return
	}
	r.broken.Store(&err)
	r.ask(causeUnwritable, false)
}

// lost is why the output could not be written, if that ended the run.
func (r *requests) lost() error {
	if r.first.Load() != causeUnwritable {
		return nil
	}
	return fmt.Errorf("cannot write the output: %w; the run was stopped", *r.broken.Load())
}

// orphaned says that the front's death ended the run.
func (r *requests) orphaned() bool { return r.first.Load() == causeFrontDied }

// cause is the signal that asked first, 0 if none did.
func (r *requests) cause() syscall.Signal { return syscall.Signal(max(0, r.first.Load())) }

// since is when the first request came; zero if none did.
func (r *requests) since() time.Time {
	if at := r.at.Load(); at > 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}

// close ends the listening: what comes now is too late.
func (r *requests) close() { close(r.done) }

// dieOf ends this process by the signal that ended the run, so that whoever
// waits for it sees what it would see of any program. It returns if the signal
// cannot be raised.
func dieOf(s syscall.Signal) {
	// The Go runtime would dump its stacks for SIGQUIT, and does nothing for a
	// SIGPIPE that is sent; the kernel keeps process 1 from such an end.
	if s == 0 || s == syscall.SIGPIPE || s == syscall.SIGQUIT || os.Getpid() == 1 {
		return
	}
	signal.Reset(s)
	if err := syscall.Kill(os.Getpid(), s); err == nil {
		select {}
	}
}
