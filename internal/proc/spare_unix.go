//go:build unix

package proc

import (
	"runtime"
	"sync"
)

// KeepThreads has this program start n threads now that it may need. The runtime
// keeps them, and ends the program if it cannot start one later, when commands
// have taken all the processes that the user may have.
func KeepThreads(n int) {
	var all sync.WaitGroup
	all.Add(n)
	for range n {
		go func() {
			runtime.LockOSThread() // so that each is on one of its own
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait()
		}()
	}
	all.Wait()
}
