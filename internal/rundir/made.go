package rundir

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

const (
	madeName     = "made.jsonl"
	madeLockName = "made.lock"
)

// identity tells a directory from any other that stands or stood in its place.
type identity struct {
	Device uint64 `json:"device,omitempty"`
	Inode  uint64 `json:"inode,omitempty"`
	// Born is the time of birth in nanoseconds, 0 where the file system does
	// not tell. Inode numbers are given out again at once.
	Born int64 `json:"born,omitempty"`

	mode uint32
}

func (i identity) isDir() bool { return i.mode&unix.S_IFMT == unix.S_IFDIR }

func (i identity) same(other identity) bool {
	return i.Device == other.Device && i.Inode == other.Inode && i.Born == other.Born
}

// made is one line of the registry: a watchpoint that a run made in a base that
// outlives the run, or those that it is about to make.
type made struct {
	Path string `json:"path,omitempty"`
	identity
	Run     string   `json:"run"`
	Intends []string `json:"intends,omitempty"`
}

// RecordMade remembers that the directory at path was made by this run, so that
// a later run may remove it. One that is gone already needs no record, and one
// that is older than the run is of somebody else, to which the path has come to
// lead.
func (r *Run) RecordMade(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("cannot find the current directory: %w", err)
	}
	id, err := identify(unix.AT_FDCWD, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return cannot("look at", path, err)
	}
	if !id.isDir() {
		return fmt.Errorf("cannot record %q as a watchpoint: it is no directory", path)
	}
	run, err := identify(unix.AT_FDCWD, r.Path)
	if err != nil {
		return cannot("look at", r.Path, err)
	}
	// Births on one file system are told by one clock, unless somebody sets it.
	if id.Device == run.Device && id.Born < run.Born && !setBack(r.began, time.Now()) {
		return nil
	}
	return r.record(made{Path: path, identity: id, Run: r.ID})
}

// setBack says that the clock was set back between two times of this process,
// which also have the time of a clock that nobody can set.
func setBack(began, now time.Time) bool {
	byCalendar := now.Round(0).Sub(began.Round(0))
	return byCalendar < now.Sub(began)-time.Second/10
}

func (r *Run) record(m made) error {
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("cannot record the watchpoints of run %s: %w", r.ID, err)
	}
	return withRegistry(r.Project(), func(name string) error { return appendLine(name, line) })
}

func appendLine(name string, line []byte) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return cannot("write", name, err)
	}
	_, err = f.Write(append(line, '\n'))
	return cannot("write", name, errors.Join(err, f.Close()))
}

// ClaimStale removes those of the paths that an earlier run of the project
// made. If there are others among them, it returns those and removes nothing. A
// directory that is not empty, or whose run is still live, is left alone and an
// error.
func ClaimStale(project string, paths []string) (foreign []string, err error) {
	project, err = filepath.Abs(project)
	if err != nil {
		return nil, fmt.Errorf("cannot find the current directory: %w", err)
	}
	err = withRegistry(project, func(name string) error {
		data, err := os.ReadFile(name)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannot("read", name, err)
		}
		records := parseMade(data)
		foreign, err = claimAll(project, records, paths)
		kept, keepErr := stillThere(project, records)
		if keepErr == nil && !bytes.Equal(kept, data) {
			keepErr = writeFile(name, kept)
		}
		return errors.Join(err, keepErr)
	})
	return foreign, err
}

func claimAll(project string, records []made, paths []string) (foreign []string, err error) {
	intents := intentsOf(project, records)
	if err := intents.rival(project, paths); err != nil {
		return nil, err
	}
	var stale []func() error
	for _, path := range paths {
		id, e := identify(unix.AT_FDCWD, path)
		if errors.Is(e, fs.ErrNotExist) {
			continue
		}
		record, known := find(records, path, id)
		if !known && id.isDir() {
			record, known = intents[path]
		}
		switch {
		case e != nil:
			err = errors.Join(err, cannot("look at", path, e))
		case known:
			stale = append(stale, func() error { return claimOne(project, record, path, id) })
		default:
			foreign = append(foreign, path)
		}
	}
	if len(foreign) > 0 {
		return foreign, err
	}
	for _, remove := range stale {
		err = errors.Join(err, remove())
	}
	return nil, err
}

func claimOne(project string, record made, path string, id identity) error {
	if err := stillMade(project, record); err != nil {
		return err
	}
	return removeEmptyDir(path, &id)
}

func find(records []made, path string, id identity) (made, bool) {
	path, err := filepath.Abs(path)
	for _, record := range records {
		if err == nil && id.isDir() && record.Path == path && record.same(id) {
			return record, true
		}
	}
	return made{}, false
}

// stillMade is an error while the run that made a watchpoint goes on.
func stillMade(project string, record made) error {
	d, live, err := runOf(project, record)
	if err != nil || !live {
		return err
	}
	return fmt.Errorf("cannot remove %q: %s made it and is live; stop that run first, or name another base", record.Path, d.who())
}

// runOf looks for the run of a record; one that is gone is not live.
func runOf(project string, record made) (d Dir, live bool, err error) {
	d = Dir{ID: record.Run, Path: filepath.Join(project, home, runsName, record.Run)}
	if !isID(record.Run) {
		return d, false, nil
	}
	live, err = Live(d.Path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return d, live, err
}

// who describes a run for messages.
func (d Dir) who() string {
	info, err := ReadInfo(d.Path)
	if err != nil {
		return "run " + d.ID
	}
	return fmt.Sprintf("run %s (pid %d on %s, since %s)", d.ID, info.Pid, info.Host, info.Started.Format("2006-01-02 15:04:05"))
}

// stillThere is the registry without what is gone or has been overtaken.
func stillThere(project string, records []made) ([]byte, error) {
	var kept bytes.Buffer
	intents := intentsOf(project, records)
	for _, record := range records {
		if len(record.Intends) > 0 {
			record.Intends = intents.of(record)
		} else if id, err := identify(unix.AT_FDCWD, record.Path); err != nil || !record.same(id) {
			continue
		}
		if record.Path == "" && len(record.Intends) == 0 {
			continue
		}
		line, err := json.Marshal(record)
		if err != nil {
			return nil, fmt.Errorf("cannot record the watchpoints of run %s: %w", record.Run, err)
		}
		kept.Write(append(line, '\n'))
	}
	return kept.Bytes(), nil
}

// parseMade passes over lines that are torn or of another making: what they
// stood for counts as foreign.
func parseMade(data []byte) []made {
	var records []made
	for line := range bytes.Lines(data) {
		var record made
		if json.Unmarshal(line, &record) == nil {
			records = append(records, record)
		}
	}
	return records
}

// withRegistry keeps other runs of the project out while the registry is read
// or written.
func withRegistry(project string, do func(name string) error) error {
	dir := filepath.Join(project, home)
	if err := makeDir(dir); err != nil {
		return err
	}
	lock, err := lockFile(filepath.Join(dir, madeLockName), os.O_CREATE|os.O_RDWR, wait)
	if err != nil {
		return err
	}
	defer lock.Close()
	return do(filepath.Join(dir, madeName))
}
