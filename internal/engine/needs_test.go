package engine

import (
	"slices"
	"strings"

	"wprun/internal/graph"
)

// work is what the world knows of a process beside its state.
type work struct {
	Options
	wanted  bool // somebody needed it at first
	owed    bool // a Check or a Record is unanswered
	asked   ID   // the question that counts; zero if there is none
	stale   bool // it was found that it has to run
	flipped bool // its gate may have been shut for a moment since
	anew    bool // it has begun again, and runs whatever is found
	resting bool // its last attempt was not the last one
	tried   int  // how often it was tried again
	excused bool // its end is
}

// changed keeps what an attempt leaves for the next.
func (t *work) changed(c Changed) {
	t.excused = c.Excused
	if c.From == Checking && c.To == Waiting {
		t.asked = ID{} // the gate has shut, perhaps for a moment of this step
	}
	switch c.To {
	case Running:
		t.stale, t.flipped, t.resting = false, false, false
	case BackingOff:
		t.resting = true
		if c.From != Starting { // else it was busy
			t.tried++
			t.stale = false // it may have been stopped before it ran
		}
	case Waiting:
		if began := c.From.Final() || c.From == Stopping || c.From == Recording; began {
			t.stale, t.anew, t.tried, t.resting = false, true, 0, false
		}
	}
}

// finds takes note of an answer, if its question counts.
func (w *world) finds(id ID, stale bool) {
	t := w.tasks[id.Process]
	if id.Run == w.runs[id.Process]+1 {
		t.owed = false
	}
	if t.asked == id && id.Run > 0 {
		t.asked = ID{}
		t.stale = stale
	}
}

// shutGates forgets what was found out about those whose gates are shut.
func (w *world) shutGates() {
	for _, p := range w.g.Processes() {
		if t := w.tasks[p.Name]; !w.open(p) {
			t.asked, t.stale = ID{}, false
		}
	}
}

// flip takes note of twins that may open a gate in the step that has shut it.
func (w *world) flip(twins []string) {
	for _, p := range w.g.Processes() {
		for _, key := range slices.Concat(p.WaitsOn...) {
			if slices.Contains(twins, key) {
				w.tasks[p.Name].flipped = true
			}
		}
	}
}

// isNext says that an attempt is the next of its process.
func (w *world) isNext(id ID) bool { return id.Run == w.runs[id.Process]+1 }

func (w *world) checkCheck(id ID, anew bool) {
	i, _ := w.g.Process(id.Process)
	t, p := w.tasks[id.Process], w.g.Processes()[i]
	switch {
	case !t.Checked || !w.selected[i]:
		w.t.Fatalf("%s is checked for nothing", id)
	case !w.isNext(id) || w.live(id.Process) != (ID{}):
		w.t.Fatalf("%s is checked while it runs", id)
	case w.draining:
		w.t.Fatalf("%s is checked while the run ends", id)
	case t.owed:
		w.t.Fatalf("%s is checked twice at a time", id)
	case t.stale && !t.flipped:
		w.t.Fatalf("%s is checked again at once", id)
	case anew != t.anew:
		w.t.Fatalf("%s is checked as one to begin again: %t", id, anew)
	case !w.open(p):
		w.t.Fatalf("%s is checked but its gate %v is not open", id, p.WaitsOn)
	case w.shut(i) && !t.resting:
		w.t.Fatalf("%s is checked after a failure and handles none", id)
	}
}

func (w *world) checkRecord(id ID) {
	w.mustBeLive(id)
	if w.tasks[id.Process].owed {
		w.t.Fatalf("%s is recorded while an answer is due", id)
	}
}

// checkTask says what the start of a task promises beside its gate.
func (w *world) checkTask(id ID) {
	t := w.tasks[id.Process]
	inAll, inPool := 0, 0
	for other, a := range w.commands {
		if o := w.tasks[other.Process]; !w.g.Processes()[a.index].Service {
			inAll += capped(o.Weight, w.policy.Jobs)
			if o.Pool == t.Pool {
				inPool += capped(o.Weight, w.policy.Pools[o.Pool])
			}
		}
	}
	limit := w.policy.Pools[t.Pool]
	switch {
	case t.Checked && !t.stale:
		w.t.Fatalf("%s is started but was not found stale", id)
	case w.policy.Jobs > 0 && inAll+capped(t.Weight, w.policy.Jobs) > w.policy.Jobs:
		w.t.Fatalf("%s is started beside %d of %d slots", id, inAll, w.policy.Jobs)
	case limit > 0 && inPool+capped(t.Weight, limit) > limit:
		w.t.Fatalf("%s is started beside %d of %d in its pool", id, inPool, limit)
	}
}

func capped(weight, limit int) int { return min(max(weight, 1), max(limit, 1)) }

// needed says that a chosen process that has not ended waits on i, directly or
// not; who waits for a service to fail does not need it.
func (w *world) needed(i int) bool {
	for _, d := range w.g.Dependants(i) {
		if w.selected[d] && w.relies(d, i) && (!w.states[w.g.Processes()[d].Name].Final() || w.needed(d)) {
			return true
		}
	}
	return false
}

// relies says that d waits on something of i that is more than an alarm.
func (w *world) relies(d, i int) bool {
	for _, key := range slices.Concat(w.g.Processes()[d].WaitsOn...) {
		name, alarm := strings.CutSuffix(key, graph.FailedSuffix)
		point, _ := w.g.Point(name)
		signallers := w.g.Points()[point].Signallers
		task := func(s int) bool { return !w.g.Processes()[s].Service }
		if slices.Contains(signallers, i) && (!alarm || slices.ContainsFunc(signallers, task)) {
			return true
		}
	}
	return false
}

// released says that i is a service that was there for others, who have ended.
func (w *world) released(i int) bool {
	p := w.g.Processes()[i]
	t := w.tasks[p.Name]
	return p.Service && w.selected[i] && !w.target[i] && t.wanted && !t.Cascade && !w.needed(i)
}

// checkNeeds checks that no service goes on that nothing needs.
func (w *world) checkNeeds() {
	if w.draining || w.finished {
		return
	}
	for i, p := range w.g.Processes() {
		if s := w.states[p.Name]; w.released(i) && !s.Final() && s != Stopping && s != Starting {
			w.t.Fatalf("%s is %q and nothing needs it any more", p.Name, s)
		}
	}
}

// mayBeExcused says that a failure that is allowed is among what i waits on.
func (w *world) mayBeExcused(i int) bool {
	for _, need := range w.g.Needs(i) {
		name := w.g.Processes()[need].Name
		if w.tasks[name].excused || w.mayBeExcused(need) {
			return true
		}
	}
	return false
}
