package guard

import (
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// heldStop is a SIGTSTP that is pending on the thread of a goroutine, which has it
// blocked: the kernel forgets it at the next SIGCONT (POSIX.1-2024, System Interfaces,
// 2.4.1), so that none is too early for the stop that it is to end. The goroutine is
// locked to the thread until take or drop.
type heldStop struct{ before unix.Sigset_t }

// holdStop returns nil where a SIGCONT is on its way, which a SIGTSTP would have the
// kernel forget in turn. One that comes after that look is lost: there are some 2 us
// for it, as the two signals wait for one lock.
func holdStop() *heldStop {
	runtime.LockOSThread()
	h, pid, tid := &heldStop{}, uintptr(os.Getpid()), uintptr(unix.Gettid())
	// No set can be wrong, and what is not blocked is never seen as pending.
	_ = unix.PthreadSigmask(unix.SIG_BLOCK, setOf(unix.SIGTSTP, unix.SIGCONT), &h.before)
	goesOn := isPending(unix.SIGCONT)
	if !goesOn { // and at once, lest one come between
		_, _, _ = unix.RawSyscall(unix.SYS_TGKILL, pid, tid, uintptr(unix.SIGTSTP))
	}
	_ = unix.PthreadSigmask(unix.SIG_UNBLOCK, setOf(unix.SIGCONT), nil)
	if goesOn {
		h.drop()
		return nil
	}
	return h
}

// take stops this process, unless a SIGCONT has come, and returns when it goes on. The
// kernel lets nobody stop that nobody could let go on: then it returns at once. SIGSTOP
// would know no such mercy.
func (h *heldStop) take() { h.end(sigDefault) }

// drop has it that nothing was held.
func (h *heldStop) drop() { h.end(sigIgnore) }

// end lets the signal through to what is not Go's handler: signal.Reset leaves that to
// a signal whose default is to stop. One that is ignored is forgotten at once.
func (h *heldStop) end(handler uint64) {
	defer runtime.UnlockOSThread()
	to, old := sigaction{handler: handler}, sigaction{}
	to.replace(&old)
	_ = unix.PthreadSigmask(unix.SIG_SETMASK, &h.before, nil)
	old.replace(nil)
}

const (
	sigDefault = 0 // SIG_DFL
	sigIgnore  = 1 // SIG_IGN
	setSize    = 8 // of a set of signals
)

func setOf(signals ...unix.Signal) *unix.Sigset_t {
	set := &unix.Sigset_t{}
	for _, s := range signals {
		set.Val[0] |= 1 << (s - 1)
	}
	return set
}

// isPending is of a signal that this thread has blocked.
func isPending(s unix.Signal) bool {
	var set unix.Sigset_t
	_, _, _ = unix.RawSyscall(unix.SYS_RT_SIGPENDING, uintptr(unsafe.Pointer(&set)), setSize, 0)
	return set.Val[0]&(1<<(s-1)) != 0
}

// sigaction is what the kernel calls so (rt_sigaction(2)), or larger.
type sigaction struct {
	handler uint64
	_       [7]uint64
}

// replace sets the action of SIGTSTP.
func (a *sigaction) replace(old *sigaction) {
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGTSTP),
		uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(old)), setSize, 0, 0)
}
