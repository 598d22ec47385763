package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
)

// lab is what the rows are measured with.
type lab struct {
	size
	rounds   int
	dir      string // temporary; everything is below it
	self     string // this program
	wprun    string
	wprunErr error // why there is no wprun
	peers    []tool
	log      io.Writer // progress and errors
	errors   int
	subs     []string // the folders of sub, until clear
}

// open makes the lab's folder and finds the programs.
func (l *lab) open(ctx context.Context, wprun string) error {
	var err error
	if l.self, err = os.Executable(); err != nil {
		return fmt.Errorf("cannot find this program: %w", err)
	}
	if l.dir, err = os.MkdirTemp("", "wprun-bench-"); err != nil {
		return fmt.Errorf("cannot make a temporary folder: %w", err)
	}
	l.findWprun(ctx, wprun)
	var notes []string
	l.peers, notes = findPeers(peers())
	for _, note := range notes {
		fmt.Fprintln(l.log, note)
	}
	return nil
}

// findWprun builds the program under test, or takes the one that was given.
func (l *lab) findWprun(ctx context.Context, given string) {
	if given == "" {
		l.wprun = filepath.Join(l.dir, "wprun")
		l.wprunErr = build(ctx, l.wprun, "wprun/cmd/wprun")
		return
	}
	l.wprun, l.wprunErr = filepath.Abs(given)
	if _, err := exec.LookPath(l.wprun); err != nil && l.wprunErr == nil {
		l.wprunErr = fmt.Errorf("cannot find wprun: %w", err)
	}
}

// build makes a program of a package or of a file, without cgo as the README says.
func build(ctx context.Context, program, source string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-o", program, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("cannot build %q, run this inside the project or give -wprun PATH: %w%s",
			source, err, lastLines(string(out), 4))
	}
	return nil
}

// facts lists what the numbers depend on.
func (l *lab) facts() []string {
	facts := describeMachine(runtime.NumCPU(), runtime.Version(), filepath.Dir(l.dir))
	if l.wprunErr == nil {
		facts = append(facts, "wprun: "+versionOf(l.wprun, "version"))
	}
	for _, t := range l.peers {
		if t.version != "" {
			facts = append(facts, t.column+": "+t.version)
		}
	}
	return facts
}

// measure fills in the rows of the groups whose names match; those of a group that
// an interruption has left half measured are not among them.
func (l *lab) measure(ctx context.Context, only *regexp.Regexp) []row {
	defer l.clear()
	var rows []row
	for _, g := range groups(l.size) {
		if ctx.Err() != nil || !only.MatchString(g.name) {
			continue
		}
		fmt.Fprintf(l.log, "measuring %s ...\n", g.name)
		if g.measure(l, ctx, g.rows); ctx.Err() == nil {
			rows = append(rows, g.rows...)
		}
	}
	return rows
}

// fail reports that a column of some rows could not be measured.
func (l *lab) fail(rows []row, column string, err error) {
	for _, r := range rows {
		r.failed[column] = true
		delete(r.values, column)
	}
	l.errors++
	fmt.Fprintf(l.log, "cannot measure %s in %q: %v\n", column, rows[0].name, err)
}

// sub makes a folder of its own below the lab's. It stays until all is measured: some
// file systems make directories slowly for minutes after many were removed, which
// would count against who makes some.
func (l *lab) sub(pattern string) (string, error) {
	dir, err := os.MkdirTemp(l.dir, pattern+"-")
	if err == nil {
		l.subs = append(l.subs, dir)
	}
	return dir, err
}

// clear removes the folders of sub.
func (l *lab) clear() {
	for _, dir := range l.subs {
		os.RemoveAll(dir)
	}
	l.subs = nil
}
