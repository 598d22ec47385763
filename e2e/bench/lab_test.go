package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// smallLab measures almost nothing, with a stand-in for wprun.
func smallLab(t *testing.T, fake string) (*lab, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	wprun := filepath.Join(dir, fake)
	// A copy, not a link: the lab knows the processes of wprun by their program,
	// and the command that stamps runs self.
	binary, err := os.ReadFile(self)
	if err := errors.Join(err, os.WriteFile(wprun, binary, 0o700)); err != nil {
		t.Fatal(err)
	}
	found, _ := findPeers(slices.DeleteFunc(peers(), func(p peer) bool {
		// What the others do wrong is no fault of the lab.
		return p.column != colMake && p.column != colNinja && p.column != colShell
	}))
	var log bytes.Buffer
	return &lab{
		size: size{
			tasks: []int{6}, wide: 3, starts: 2, load: 200, loadDeep: 3, engine: 20, gated: 3, services: 2,
			settle: time.Millisecond, window: 20 * time.Millisecond, lines: 50, crowd: 3, each: 20, openings: 2, stopped: 3, outlast: time.Minute,
		},
		rounds: 2, dir: dir, self: self, wprun: wprun, peers: found, log: &log,
	}, &log
}

func TestEveryRowGetsItsValues(t *testing.T) {
	l, log := smallLab(t, fakeGood)
	rows := l.measure(t.Context(), regexp.MustCompile(""))
	if l.errors > 0 {
		t.Fatalf("errors:\n%s", log)
	}
	for _, r := range rows {
		value, ok := r.values[colWprun]
		if !ok || value < 0 || math.IsNaN(value) {
			t.Errorf("%s: wprun's value is %v", r.name, value)
		}
		for _, p := range l.peers {
			_, ok := r.values[p.column]
			if w := workloadOf(r.name); w != nil && ok != p.can(w) {
				t.Errorf("%s: a value for %s: %v", r.name, p.column, ok)
			}
		}
	}
	for _, r := range rows {
		if took, ok := r.values[colMkdir]; strings.HasPrefix(r.name, "mkdir") && (!ok || took <= 0 || took > r.values[colWprun]) {
			t.Errorf("%s: mkdir alone took %v of %v", r.name, took, r.values[colWprun])
		}
	}
	if rest, _ := filepath.Glob(filepath.Join(l.dir, "*-*")); len(rest) > 1 {
		t.Errorf("left behind: %q", rest)
	}
}

// workloadOf is the graph of a row of six tasks, nil for other rows.
func workloadOf(name string) workload {
	for _, sh := range shapes(3) {
		if strings.HasPrefix(name, "6 x ") && strings.HasSuffix(name, sh.words) {
			return sh.make(6)
		}
	}
	return nil
}

func TestAWrongWprunGetsNoNumber(t *testing.T) {
	tests := []struct{ fake, group, want string }{
		{fakeBroken, "chain-6", "no luck today"},
		{fakeBroken, "start", "no luck today"},
		{fakeBroken, "version", "no luck today"},
		{fakeBroken, "stop", "no luck today"},
		{fakeLossy, "stop", "3 commands were left"},
		{fakeBroken, "load", "no luck today"},
		{fakeBroken, "large-load", "no luck today"},
		{fakeBroken, "noop", "no luck today"},
		{fakeBroken, "build", "no luck today"},
		{fakeIdle, "build", "cannot read a copy"},
		{fakeBroken, "idle", "no luck today"},
		{fakeBroken, "gate-one", "no luck today"},
		{fakeBroken, "gate-many", "no luck today"},
		{fakeBroken, "output", "no luck today"},
		{fakeHasty, "chain-6", "which it needs"},
		{fakeHasty, "gate-one", "expected one of"},
		{fakeBroken, "crowd", "no luck today"},
		{fakeLossy, "output", "49 of 50 lines of writer 0 came out"},
		{fakeLossy, "crowd", "19 of 20 lines of writer 0 came out"},
		{fakeForgetful, "output", "0 of 50 lines are in the log"},
		{fakeForgetful, "crowd", "0 of 60 lines are in the log"},
	}
	for _, tt := range tests {
		t.Run(tt.fake+" "+tt.group, func(t *testing.T) {
			l, log := smallLab(t, tt.fake)
			l.outlast = 100 * time.Millisecond
			rows := l.measure(t.Context(), regexp.MustCompile("^"+tt.group+"$"))
			if len(rows) == 0 {
				t.Fatal("there are no such rows")
			}
			if !strings.Contains(log.String(), tt.want) {
				t.Errorf("said %q, want %q in it", log, tt.want)
			}
			for _, r := range rows {
				if _, ok := r.values[colWprun]; ok || r.cell(colWprun) != "error" {
					t.Errorf("%s: the cell is %q", r.name, r.cell(colWprun))
				}
			}
			if code := l.exitCode(false, rows); code != 1 {
				t.Errorf("exit code %d, want 1", code)
			}
		})
	}
}

func TestAMissingWprunLeavesTheMachineItsNumbers(t *testing.T) {
	l, log := smallLab(t, fakeGood)
	l.findWprun(t.Context(), filepath.Join(l.dir, "absent"))
	rows := l.measure(t.Context(), regexp.MustCompile("gate-one|chain"))
	if !strings.Contains(log.String(), "cannot find wprun") {
		t.Errorf("said %q", log)
	}
	for _, r := range rows {
		if r.cell(colWprun) != "error" || r.values[colMachine] <= 0 {
			t.Errorf("%s: wprun %q, machine %q", r.name, r.cell(colWprun), r.cell(colMachine))
		}
	}
}

func TestBareStartsAreMeasuredWhereNoGateOpens(t *testing.T) {
	l, log := smallLab(t, fakeGood)
	rows := gateRows(1)
	l.measureGate(t.Context(), rows, func(*stamps) (latencies, error) {
		return latencies{}, os.ErrInvalid
	})
	for _, r := range rows {
		if r.cell(colWprun) != "error" || !(r.values[colMachine] > 0) {
			t.Errorf("%s: wprun %q, machine %q\n%s", r.name, r.cell(colWprun), r.cell(colMachine), log)
		}
	}
}

func TestAContenderIsOutAfterItsFirstFailure(t *testing.T) {
	var turns []string
	first, second := newRow("r", "s"), newRow("q", "s")
	take := func(name string, err error, into ...row) contender {
		return contender{column: name, into: into, run: func(context.Context) (float64, error) {
			turns = append(turns, name)
			return float64(len(turns)), err
		}}
	}
	l := &lab{rounds: 3, log: &bytes.Buffer{}}
	l.alternate(t.Context(), []contender{
		take("a", nil, first), take("b", os.ErrInvalid, first, second), take("c", nil, first, second),
	})
	if got, want := strings.Join(turns, ""), "abcacac"; got != want {
		t.Errorf("turns %s, want %s", got, want)
	}
	if first.values["a"] != 4 || first.values["c"] != 5 || first.cell("b") != "error" {
		t.Errorf("values %v, b %q", first.values, first.cell("b"))
	}
	if second.cell("a") != "-" || second.values["c"] != 5 || second.cell("b") != "error" {
		t.Errorf("values %v of the other row, b %q", second.values, second.cell("b"))
	}
}

func TestWhatIsNotProvenIsNotMeasured(t *testing.T) {
	var log bytes.Buffer
	l, r := &lab{rounds: 3, log: &log}, newRow("r", "s")
	l.alternate(t.Context(), []contender{broken("a", []row{r}, errors.New("no luck today"))})
	if r.cell("a") != "error" || !strings.Contains(log.String(), "no luck today") {
		t.Errorf("the cell is %q, said %q", r.cell("a"), &log)
	}
}

func TestOptions(t *testing.T) {
	tests := []struct {
		args   []string
		rounds int
		want   string // in the error; "" for none
	}{
		{[]string{"-rounds", "7", "-rows", "chain|load", "-check"}, 7, ""},
		{[]string{"-check"}, 5, ""},
		{[]string{"-check", "-quick"}, 3, ""},
		{[]string{"-rounds", "2", "-quick"}, 2, ""},
		{[]string{"-rounds", "4"}, 4, ""},
		{[]string{"-rounds", "4", "-check"}, 4, "cannot check with -rounds below 5"},
		{[]string{"-rounds", "0"}, 0, "below 1"},
		{[]string{"-rows", "("}, 0, "cannot use -rows"},
		{[]string{"-rows", "chains"}, 0, `cannot use -rows "chains": it matches none of chain-1000, `},
		{[]string{"chain"}, 0, `cannot use the argument "chain"`},
	}
	for _, tt := range tests {
		o, err := parseOptions(tt.args, &bytes.Buffer{})
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
		if o.rounds != tt.rounds {
			t.Errorf("%q: %d rounds, want %d", tt.args, o.rounds, tt.rounds)
		}
	}
}

func TestWhatIsHalfMeasuredIsNotShown(t *testing.T) {
	l, _ := smallLab(t, fakeGood)
	ctx, cancel := context.WithCancel(t.Context())
	l.log = onWrite(func(text string) {
		if strings.Contains(text, "engine") {
			cancel()
		}
	})
	rows := l.measure(ctx, regexp.MustCompile("^(version|engine|load)$"))
	if len(rows) != 1 || rows[0].name != "wprun version" {
		t.Errorf("%d rows, want that of the version alone", len(rows))
	}
}

// onWrite is a writer that hands on what it is given.
type onWrite func(text string)

func (w onWrite) Write(data []byte) (int, error) {
	w(string(data))
	return len(data), nil
}
