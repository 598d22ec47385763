// Package graph holds the processes of a run and the watchpoints between them
// as checked, immutable data: who waits on what, who signals it, in what order
// they can run, and what that order costs.
package graph

import "time"

// FailedSuffix turns a key into the key of its twin: the watchpoint that is
// made when the first can no longer be signalled in this run.
const FailedSuffix = ".failed"

// When says at what moment wprun makes a watchpoint for a process.
type When string

const (
	// Earned is the moment a task exits with success or a service is ready.
	Earned When = ""
	// AtStart is the moment the command has been started.
	AtStart When = "started"
	// Self leaves it to the command: wprun never makes the watchpoint.
	Self When = "self"
)

// Signal is one watchpoint that a process promises.
type Signal struct {
	Key  string
	When When
}

// Process is one task or service as declared.
type Process struct {
	Name    string
	Service bool
	// WaitsOn is the gate: all of its elements, any key of each.
	WaitsOn [][]string
	// Signals lists what the process promises beside the watchpoint of its own
	// name. An entry with that name replaces the implied one.
	Signals []Signal
}

// Watchpoint is a key that needs more than to be mentioned.
type Watchpoint struct {
	Key string
	// External says that somebody outside the file signals it.
	External bool
	// Timeout limits the wait for an external watchpoint, counted from the
	// start of the run; 0 is no limit.
	Timeout time.Duration
}

// Problem is one reason why declarations do not make a graph.
type Problem struct {
	// Process is the process at fault, or "".
	Process string
	// Key is the watchpoint at fault, or "".
	Key string
	// Circle names processes of which each waits on the next, and the last on the
	// first, if that is what is wrong.
	Circle []string
	// Text begins with "cannot".
	Text string
}
