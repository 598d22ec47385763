package engine

import "time"

// OnFailure says what a failure means for the rest of the run.
type OnFailure string

const (
	// FinishRunning starts nothing new but what waits on a twin.
	FinishRunning OnFailure = "finish"
	// StopRunning also ends the tasks that run.
	StopRunning OnFailure = "stop"
	// Continue goes on with all that does not need what failed.
	Continue OnFailure = "continue"
)

// Policy is how a run is to be conducted.
type Policy struct {
	// Targets name what the run is for; with all they need they are all that
	// is started. None means every process that nothing waits on.
	Targets []string
	// OnFailure is FinishRunning if empty.
	OnFailure OnFailure
	// Jobs limits the weight of the tasks that run at once; 0 is no limit.
	Jobs int
	// Pools limit the weight of those of their tasks that run at once, by name.
	Pools map[string]int
	// StopTimeout limits the whole shutdown; 0 is no limit.
	StopTimeout time.Duration
	// Options are those of a process by its name; the zero value is usable.
	Options map[string]Options
}

// Options belong to one process.
type Options struct {
	// Grace is the time between Terminate and Kill; 0 is the default of 10 s.
	Grace time.Duration
	// Success lists the exit codes that mean success; none means 0.
	Success []int
	// Restart says when a service is started again; "" is RestartNo.
	Restart string
	// MaxRestarts limits the restarts without a steady time in between; 0 is the
	// default of 5.
	MaxRestarts int
	// Cascade says that what waits on the service is started anew with it when
	// it is touched.
	Cascade bool
	// Probed asks for Probe also where readiness comes without one.
	Probed bool
	// Checked says that a task may be up to date: Check is asked for before each
	// attempt, and Record after success.
	Checked bool
	// Timeout limits each attempt of a task; 0 is no limit.
	Timeout time.Duration
	// WaitTimeout limits the wait for an open gate; 0 is no limit.
	WaitTimeout time.Duration
	// Retries is how often a task that fails is tried again, RetryDelay the first
	// pause before that, each of which doubles; 0 is the default of 1 s.
	Retries    int
	RetryDelay time.Duration
	// AllowFailure says that the failure is not the run's.
	AllowFailure bool
	// Pool is the name of the pool that a task takes its weight from, beside
	// Jobs; "" is none. Weight is at least 1, and no more than the limit counts.
	Pool   string
	Weight int
}

// When a service is started again.
const (
	RestartNo        = "no"
	RestartOnFailure = "on-failure" // after whatever would be a failure
	RestartAlways    = "always"     // also after an end that is none
)

const defaultGrace = 10 * time.Second
