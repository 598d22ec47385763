package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
)

// endings are the signals that ask for the end of a run.
var endings = []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}

// requests turns signals, and output that cannot be written, into requests to
// stop.
type requests struct {
	// C carries a value for each request.
	C chan struct{}
	// Any is closed at the first request.
	Any     chan struct{}
	once    sync.Once
	signals chan os.Signal
	done    chan struct{}
	first   atomic.Int32 // the number of the first signal, or causeUnwritable
	broken  atomic.Pointer[error]
}

// causeUnwritable stands for a signal that nobody sent.
const causeUnwritable = -1

func newRequests() *requests {
	return &requests{
		C:       make(chan struct{}, 8),
		Any:     make(chan struct{}),
		signals: make(chan os.Signal, 8),
		done:    make(chan struct{}),
	}
}

// listen begins to take the signals, but for those that whoever started wprun
// had ignored (nohup, or a script's background job). Those, and SIGPIPE, which
// would end this process when it writes to a closed pipe, are taken and not
// heard: commands would inherit that they are ignored.
func listen() *requests {
	r := newRequests()
	unheard := make(chan os.Signal, 1)
	signal.Notify(unheard, syscall.SIGPIPE)
	for _, s := range endings {
		if signal.Ignored(s) {
			signal.Notify(unheard, s)
		} else {
			signal.Notify(r.signals, s)
		}
	}
	go r.forward()
	return r
}

// forward ends when close is called.
func (r *requests) forward() {
	for {
		select {
		case s := <-r.signals:
			r.heard(s.(syscall.Signal))
		case <-r.done:
			return
		}
	}
}

// ask asks for the end of the run. Only what somebody does on purpose can be
// more than the first request: a closing terminal sends SIGHUP twice and cannot
// be written, and the Ctrl-C that ends a run also ends who reads its output.
func (r *requests) ask(cause int32, onPurpose bool) {
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

// cause is the signal that asked first, 0 if none did.
func (r *requests) cause() syscall.Signal { return syscall.Signal(max(0, r.first.Load())) }

// close gives the signals back.
func (r *requests) close() {
	signal.Stop(r.signals)
	close(r.done)
}

// dieOf ends this process by the signal that ended the run, so that whoever
// waits for it sees what it would see of any program. It returns the exit code
// to use where the signal cannot be raised.
func dieOf(s syscall.Signal) int {
	// The Go runtime would dump its stacks for SIGQUIT, and does nothing for a
	// SIGPIPE that is sent; the kernel keeps process 1 from such an end.
	if s != syscall.SIGPIPE && s != syscall.SIGQUIT && os.Getpid() != 1 {
		signal.Reset(s)
		if err := syscall.Kill(os.Getpid(), s); err == nil {
			select {}
		}
	}
	return 128 + int(s)
}
