// Package rundir keeps what a run leaves on disk: its directory with plan,
// identity, journal, lock, watchpoints, requests and logs. That directory is
// the interface of a run; whoever can read it can follow the run.
//
//	PROJECT/.wprun/
//	  latest -> runs/ID
//	  made.jsonl          watchpoints made in bases that the user names
//	  runs/ID/
//	    plan.json  run.json  events.jsonl  lock
//	    watch/  ask/  logs/
package rundir

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

const (
	home       = ".wprun"
	runsName   = "runs"
	latestName = "latest"

	planName    = "plan.json"
	infoName    = "run.json"
	journalName = "events.jsonl"
	lockName    = "lock"
)

// Dir is the directory of a run, live or over.
type Dir struct {
	// ID is the directory's name, such as 20261122-091530-4f2a. IDs sort by the
	// second (UTC) in which their runs began.
	ID string
	// Path is absolute.
	Path string
}

// Watch is the folder of the run's own watchpoints.
func (d Dir) Watch() string { return filepath.Join(d.Path, "watch") }

// Logs is the folder of the commands' output.
func (d Dir) Logs() string { return filepath.Join(d.Path, "logs") }

// Ask is the folder of requests to the live run.
func (d Dir) Ask() string { return filepath.Join(d.Path, "ask") }

// Project is the directory that holds .wprun.
func (d Dir) Project() string { return filepath.Dir(filepath.Dir(filepath.Dir(d.Path))) }

// Run is a live run that this process owns.
type Run struct {
	Dir
	began   time.Time
	lock    *os.File
	locks   []*os.File // of what outlives it
	journal *Journal
}

// Info says who runs a run. It is kept as run.json.
type Info struct {
	ID   string `json:"id"`
	Host string `json:"host"`
	// BootID tells one boot of the host from the next; "" where unknown.
	BootID string `json:"boot_id,omitempty"`
	Pid    int    `json:"pid"`
	// PidStart is when the process started, in clock ticks since the boot;
	// with BootID it tells the process from a later one with its number. 0
	// where unknown.
	PidStart uint64 `json:"pid_start,omitempty"`
	// Front and FrontStart are the same of the process that the user started, if
	// it is another one: while it lives it ends what Pid leaves behind.
	Front      int       `json:"front,omitempty"`
	FrontStart uint64    `json:"front_start,omitempty"`
	Started    time.Time `json:"started"`
	Version    string    `json:"version"`
	ConfigHash string    `json:"config_hash"`
	// File is the file that was run.
	File string   `json:"file"`
	Args []string `json:"args"`
}

// Self fills in what identifies this process.
func Self() Info {
	host, _ := os.Hostname()
	pid := os.Getpid()
	return Info{Host: host, BootID: bootID(), Pid: pid, PidStart: pidStart(pid)}
}

// PidStart is when a process started, as in Info; 0 where unknown.
func PidStart(pid int) uint64 { return pidStart(pid) }

// Close writes what the journal still holds and lets go of the lock.
func (r *Run) Close() error {
	err := r.journal.Close()
	for _, lock := range r.locks {
		err = errors.Join(err, lock.Close())
	}
	return errors.Join(err, r.lock.Close())
}

// Discard removes a run that was refused before it began, as if it had never
// been.
func (r *Run) Discard() error {
	err := errors.Join(r.Close(), os.RemoveAll(r.Path))
	dirs, listErr := List(r.Project())
	if err := errors.Join(err, listErr); err != nil {
		return err
	}
	if len(dirs) > 0 {
		return pointLatest(r.Project(), dirs[len(dirs)-1].ID)
	}
	return cannot("remove", latestName, os.Remove(filepath.Join(r.Project(), home, latestName)))
}

// Journal is the run's list of events.
func (r *Run) Journal() *Journal { return r.journal }

// WritePlan replaces plan.json.
func (r *Run) WritePlan(v any) error { return writeJSON(filepath.Join(r.Path, planName), v) }

// WriteInfo replaces run.json. The ID is filled in.
func (r *Run) WriteInfo(info Info) error {
	info.ID = r.ID
	return writeJSON(filepath.Join(r.Path, infoName), info)
}

// ReadPlan decodes the plan of the run at path into v.
func ReadPlan(path string, v any) error { return readJSON(filepath.Join(path, planName), v) }

// ReadInfo reads who runs, or ran, the run at path.
func ReadInfo(path string) (Info, error) {
	var info Info
	err := readJSON(filepath.Join(path, infoName), &info)
	return info, err
}
