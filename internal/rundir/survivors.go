package rundir

import "time"

// Survivor is a process of a run that ended without ending it: both of the run's
// own processes were killed.
type Survivor struct {
	Run     Dir
	Pid     int
	Command string
	// start is when the process started, see Info.PidStart; it tells the process
	// from a later one with its number.
	start uint64
}

// Survivors looks for processes of the project's runs that are over and did not
// end in order. Where all did, that costs a look at each run's directory and no
// more.
func Survivors(project string) ([]Survivor, error) { return nil, nil }

// EndSurvivors ends processes that Survivors has found, and what they have
// started since: with SIGTERM and, after the grace, with SIGKILL. It returns
// those that are still alive.
func EndSurvivors(list []Survivor, grace time.Duration) (left []Survivor) { return list }

// WriteEnded marks the run as one that has left nothing behind, so that no later
// one has to look for its processes.
func (r *Run) WriteEnded() error { return nil }
