package poll

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// exact paces are not varied.
func exact() *Pace { return &Pace{Vary: func(d time.Duration) time.Duration { return d }} }

func TestTheFirstLookIsDueAtOnce(t *testing.T) {
	if due := exact().Due(); due.After(noon) {
		t.Errorf("due at %v", due)
	}
}

// What stays as it is is looked at less and less, and after a change often again.
func TestPausesGrowUntilSomethingChanges(t *testing.T) {
	p, now := exact(), noon
	for i, step := range []struct {
		changed bool
		want    time.Duration
	}{
		{false, 100 * time.Millisecond},
		{false, 150 * time.Millisecond},
		{false, 225 * time.Millisecond},
		{false, 300 * time.Millisecond}, // the ceiling
		{false, 300 * time.Millisecond},
		{true, 100 * time.Millisecond},
		{false, 150 * time.Millisecond},
	} {
		p.Looked(now, now, step.changed, 300*time.Millisecond)
		if got := p.Due().Sub(now); got != step.want {
			t.Errorf("look %d: due after %v, want %v", i+1, got, step.want)
		}
		now = p.Due()
	}
}

// A look that takes long is followed by a rest, whoever is in a hurry.
func TestLooksTakeATwentiethOfTheTime(t *testing.T) {
	for _, test := range []struct{ cost, rest time.Duration }{
		{time.Millisecond, 100 * time.Millisecond}, // the pause is longer
		{50 * time.Millisecond, time.Second},
		{time.Minute, longestRest},
	} {
		p := exact()
		ended := noon.Add(test.cost)
		p.Looked(noon, ended, true, time.Minute)
		if got := p.Due().Sub(ended); got != test.rest {
			t.Errorf("a look of %v is followed by %v, want %v", test.cost, got, test.rest)
		}
		p.Hurry()
		if got, want := p.Due().Sub(ended), min(test.cost*restFactor, longestRest); got != want {
			t.Errorf("a look of %v is followed by %v in a hurry, want %v", test.cost, got, want)
		}
	}
}

func TestHastenShortensALongPauseOnly(t *testing.T) {
	p := exact()
	for range 20 {
		p.Looked(noon, noon, false, time.Minute)
	}
	p.Hasten(noon.Add(time.Second))
	soon := noon.Add(time.Second + shortest)
	if !p.Due().Equal(soon) {
		t.Errorf("due at %v, want %v", p.Due(), soon)
	}
	p.Hasten(noon.Add(time.Minute))
	if !p.Due().Equal(soon) {
		t.Errorf("put off until %v", p.Due())
	}
}

func TestPausesVaryByAFifth(t *testing.T) {
	least, most := 2*shortest, time.Duration(0)
	for range 1000 {
		p := &Pace{}
		p.Looked(noon, noon, true, time.Second)
		pause := p.Due().Sub(noon)
		least, most = min(least, pause), max(most, pause)
	}
	if least < shortest*4/5 || most >= shortest*6/5 {
		t.Errorf("pauses from %v to %v", least, most)
	}
	if least > shortest*9/10 || most < shortest*11/10 {
		t.Errorf("1000 pauses from %v to %v alone", least, most)
	}
}
