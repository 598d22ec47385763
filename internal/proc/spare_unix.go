//go:build unix

package proc

import (
	"runtime"
	"sync"
)

// spareThreads is how many threads this program keeps idle: more than it blocks at
// a time in system calls.
const spareThreads = 10

// KeepThreads has this program start the threads now that it may need. The runtime
// keeps them, and ends the program if it cannot start one later, when commands
// have taken all the processes that the user may have.
func KeepThreads() {
	var all sync.WaitGroup
	all.Add(spareThreads)
	for range spareThreads {
		go func() {
			runtime.LockOSThread() // so that each is on one of its own
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait()
		}()
	}
	all.Wait()
}
