package proc

import (
	"os"
	"runtime"

	"golang.org/x/sys/unix"
)

// OnThread calls f on a thread of its own, as NewSet wants it, and returns
// after f. The main thread is left out: the kernel lists orphans as its
// children, and that list is short while commands are started elsewhere.
func OnThread(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if unix.Gettid() == os.Getpid() {
			OnThread(f) // the main thread is taken now
			return
		}
		f()
	}()
	<-done
}
