//go:build linux

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// witness is what a command of a story is made of that the checks do not want to
// take wprun's word for, as a prologue for sh:
//
//	gate PATH...   the directories that have to be there now
//	tell LINE      print it, after the evidence has it
//	say N          tell so many lines
//	earn           the last act before success
//
// A line of say is "ATTEMPT N", so that one attempt's lines differ from another's.
const witness = `set -e
mine="$WORK/evidence/$WPRUN_RUN_ID/$WPRUN_PROCESS"
mkdir -p "${mine%/*}"
exec 2>>"$mine.err" # sh says "Killed" of its children
gate() { for dir; do [ -d "$dir" ] || echo "$dir" >>"$mine.early"; done; }
tell() { echo "$1" >>"$mine.said"; echo "$1"; }
say() { n=0; while [ $n -lt "$1" ]; do n=$((n + 1)); tell "$$ $n"; done; }
earn() { : >"$mine.earned"; }
`

// evidence is what the commands of one run say of themselves: a directory that
// need not be there.
type evidence string

func evidenceOf(run string) evidence {
	project := filepath.Dir(filepath.Dir(filepath.Dir(run)))
	return evidence(filepath.Join(project, "evidence", filepath.Base(run)))
}

func (e evidence) kept() bool { return exists(string(e)) }

func (e evidence) earned(process string) bool {
	return exists(filepath.Join(string(e), process+".earned"))
}

func (e evidence) early(process string) bool {
	return exists(filepath.Join(string(e), process+".early"))
}

// fewFiles says that the supervisor may have had too few files for a log.
func (e evidence) fewFiles() bool { return exists(fewFiles(filepath.Dir(string(e)))) }

func fewFiles(evidence string) string { return filepath.Join(evidence, "few-files") }

func markFewFiles(project string) error {
	mark := fewFiles(filepath.Join(project, "evidence"))
	return errors.Join(os.MkdirAll(filepath.Dir(mark), 0o777), os.WriteFile(mark, nil, 0o666))
}

func (e evidence) said(process string) []string {
	return lines(filepath.Join(string(e), process+".said"))
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// lines of a file, none if it is not there.
func lines(name string) []string {
	text, _ := os.ReadFile(name)
	if len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// unheard compares what the attempts of a command said with the log. An attempt
// that was killed may have told the evidence of a last line that it did not come
// to write, but nothing of a task's that earned its watchpoint may be missing. A supervisor that is
// killed takes with it what is in the pipes: the log may then end anywhere.
func unheard(said, heard []string, finished, whole bool) string {
	at := 0
	for i, line := range said {
		rest := heard[at:]
		switch {
		case len(rest) > 0 && rest[0] == line:
			at++
		case !finished && (len(rest) == 0 || len(rest) == 1 && strings.HasPrefix(line, rest[0])):
			return ""
		case whole && i+1 == len(said), i+1 < len(said) && sameAttempt(line, said[i+1]):
			return fmt.Sprintf("%q is not at line %d", line, at+1)
		}
	}
	if at < len(heard) {
		return fmt.Sprintf("nobody said %q at line %d", heard[at], at+1)
	}
	return ""
}

func sameAttempt(line, next string) bool {
	a, _, _ := strings.Cut(line, " ")
	b, _, _ := strings.Cut(next, " ")
	return a == b
}

// plant puts things into a project that no run may remove: a file for each name,
// a directory for each that ends in "/". They are remembered by their inodes.
func plant(project string, names ...string) error {
	for _, name := range names {
		path := filepath.Join(project, name)
		dir := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			dir = path
		}
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		if dir != path {
			if err := os.WriteFile(path, []byte(name), 0o666); err != nil {
				return err
			}
		}
		if err := remember(project, path); err != nil {
			return err
		}
	}
	return nil
}

func decoys(project string) string { return filepath.Join(project, "evidence", "decoys") }

func remember(project, path string) error {
	if err := os.MkdirAll(filepath.Dir(decoys(project)), 0o777); err != nil {
		return err
	}
	list, err := os.OpenFile(decoys(project), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(list, "%d %s\n", inode(path), path)
	if closeErr := list.Close(); err == nil {
		err = closeErr
	}
	return err
}

// inode is 0 for what does not exist.
func inode(path string) uint64 {
	info, err := os.Lstat(path)
	if err != nil {
		return 0
	}
	return info.Sys().(*syscall.Stat_t).Ino
}

// missing lists what was planted and is not what it was.
func missing(project string) []string {
	var faults []string
	for _, line := range lines(decoys(project)) {
		number, path, _ := strings.Cut(line, " ")
		if fmt.Sprint(inode(path)) != number {
			faults = append(faults, path+" was removed")
		}
	}
	return faults
}
