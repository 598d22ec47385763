package engine

// State is what a process is doing.
type State string

// A task goes from waiting to starting, running, signalling (it has exited
// with success and its directories are being made) and succeeded; a service
// from running to ready. A task that may be up to date goes from waiting to
// checking first, and back if it has to run, or on to signalling and up-to-date;
// after success it is recording before it is signalling. Stopping is the way of
// all to the end that the run gives them. What backs off has no process: it is
// started again when its pause is over and its gate is open. The last six are
// final, but that a task that has succeeded, or is up to date, begins again if a
// service before it is started anew with all that waits on it.
const (
	Waiting    State = "waiting"
	Checking   State = "checking"
	Starting   State = "starting"
	Running    State = "running"
	IsReady    State = "ready"
	Recording  State = "recording"
	Signalling State = "signalling"
	Stopping   State = "stopping"
	BackingOff State = "backing-off"

	Succeeded State = "succeeded"
	UpToDate  State = "up-to-date"
	Failed    State = "failed"
	Blocked   State = "blocked"
	Skipped   State = "skipped"
	Stopped   State = "stopped"
)

// live says that a process in this state has been started and has not ended.
func (s State) live() bool {
	return s != Waiting && s != Checking && s != BackingOff && !s.Final()
}

// going says that a process in this state has a command that was not asked to end.
func (s State) going() bool { return s == Starting || s == Running || s == IsReady }

// Final says whether a process in this state has ended for good.
func (s State) Final() bool {
	switch s {
	case Succeeded, UpToDate, Failed, Blocked, Skipped, Stopped:
		return true
	}
	return false
}
