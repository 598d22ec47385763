package main

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"regexp"
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
	link := filepath.Join(dir, fake)
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	peers, _ := findPeers()
	var log bytes.Buffer
	return &lab{
		size: size{
			chain: 6, depth: 3, wide: 3, load: 200, waiting: 3,
			settle: time.Millisecond, window: 20 * time.Millisecond, lines: 50, openings: 2,
		},
		rounds: 2, dir: dir, self: self, wprun: link, peers: peers, log: &log,
	}, &log
}

func TestEveryRowGetsItsValues(t *testing.T) {
	l, log := smallLab(t, fakeGood)
	rows := l.measure(context.Background(), regexp.MustCompile(""))
	if l.errors > 0 {
		t.Fatalf("errors:\n%s", log)
	}
	for _, r := range rows {
		value, ok := r.values[colWprun]
		if !ok || value < 0 || math.IsNaN(value) {
			t.Errorf("%s: wprun's value is %v", r.name, value)
		}
		for _, p := range l.peers {
			if _, ok := r.values[p.column]; strings.HasPrefix(r.name, "1,000 tasks") && !ok {
				t.Errorf("%s: no value for %s", r.name, p.column)
			}
		}
	}
	for _, lim := range limits() {
		if !hasRow(rows, lim.row) {
			t.Errorf("no row for the limit of %q", lim.row)
		}
	}
	if rest, _ := filepath.Glob(filepath.Join(l.dir, "*-*")); len(rest) > 1 {
		t.Errorf("left behind: %q", rest)
	}
}

func hasRow(rows []row, name string) bool {
	for _, r := range rows {
		if r.name == name {
			return true
		}
	}
	return false
}

func TestAWrongWprunGetsNoNumber(t *testing.T) {
	tests := []struct{ fake, group, want string }{
		{fakeBroken, "chain", "no luck today"},
		{fakeBroken, "load", "no luck today"},
		{fakeBroken, "idle", "no luck today"},
		{fakeBroken, "gate-one", "no luck today"},
		{fakeBroken, "gate-many", "no luck today"},
		{fakeBroken, "output", "no luck today"},
		{fakeHasty, "chain", "which it needs"},
		{fakeHasty, "gate-one", "expected one of"},
		{fakeLossy, "output", "49 of 50 lines came out"},
		{fakeForgetful, "output", "0 of 50 lines are in the log"},
	}
	for _, tt := range tests {
		t.Run(tt.fake+" "+tt.group, func(t *testing.T) {
			l, log := smallLab(t, tt.fake)
			rows := l.measure(context.Background(), regexp.MustCompile("^"+tt.group+"$"))
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
	l.buildWprun(context.Background(), filepath.Join(l.dir, "absent"))
	rows := l.measure(context.Background(), regexp.MustCompile("gate-one|chain"))
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
	rows := l.measureGate(context.Background(), rowGateOne50, rowGateOne99, func(*stamps) (latencies, error) {
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
	take := func(name string, err error) contender {
		return contender{column: name, run: func(context.Context) (float64, error) {
			turns = append(turns, name)
			return float64(len(turns)), err
		}}
	}
	l := &lab{rounds: 3, log: &bytes.Buffer{}}
	r := newRow("r", "s")
	l.alternate(context.Background(), &r, []contender{take("a", nil), take("b", os.ErrInvalid), take("c", nil)})
	if got, want := strings.Join(turns, ""), "abcacac"; got != want {
		t.Errorf("turns %s, want %s", got, want)
	}
	if r.values["a"] != 4 || r.values["c"] != 5 || r.cell("b") != "error" {
		t.Errorf("values %v, b %q", r.values, r.cell("b"))
	}
}

func TestOptions(t *testing.T) {
	tests := []struct {
		args []string
		want string // in the error; "" for none
	}{
		{[]string{"-rounds", "7", "-rows", "chain|load", "-check"}, ""},
		{[]string{"-rounds", "0"}, "below 1"},
		{[]string{"-rows", "("}, "cannot use -rows"},
		{[]string{"chain"}, `cannot use the argument "chain"`},
	}
	for _, tt := range tests {
		_, err := parseOptions(tt.args, &bytes.Buffer{})
		if (err == nil) != (tt.want == "") || (err != nil && !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%q: %v, want %q", tt.args, err, tt.want)
		}
	}
}
