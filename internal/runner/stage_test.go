package runner

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"wprun/internal/engine"
	"wprun/internal/graph"
)

// journal lists what was done, each line behind the time since the start.
type journal struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func (j *journal) add(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf("%s %s", time.Since(j.start), fmt.Sprintf(format, args...)))
}

// lines with one of these words.
func (j *journal) with(words ...string) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found []string
	for _, line := range j.lines {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(line, w) }) {
			found = append(found, line)
		}
	}
	return strings.Join(found, "\n")
}

// between is the time from the first line with one word to the first with the
// other.
func (j *journal) between(from, to string) time.Duration {
	at := func(word string) time.Duration {
		stamp, _, _ := strings.Cut(j.with(word), " ")
		d, _ := time.ParseDuration(stamp)
		return d
	}
	return at(to) - at(from)
}

// recorder is the observer.
type recorder struct {
	log     *journal
	events  []engine.Event
	answers [][]string
	idle    bool
}

func (r *recorder) Step(ev engine.Event, actions []engine.Action) {
	r.idle = false
	r.events = append(r.events, ev)
	r.log.add("> %s", ev)
	var answer []string
	for _, a := range actions {
		answer = append(answer, a.String())
		if c, ok := a.(engine.Changed); ok {
			r.log.add("%s", c)
		}
	}
	r.answers = append(r.answers, answer)
}

func (r *recorder) Warn(text string) { r.log.add("warning: %s", text) }
func (r *recorder) Idle()            { r.idle = true }

func (r *recorder) Waiting(waits []engine.Waits) {
	r.idle = false
	for _, w := range waits {
		if len(w.For) == 0 {
			w.For = []string{"the keeper"}
		}
		r.log.add("%s still waits on %s", w.Process, strings.Join(w.For, " and "))
	}
}

func (r *recorder) Leaving(list []Leaving) {
	r.idle = false
	for _, l := range list {
		r.log.add("%s is leaving for %s", l.ID, l.For)
	}
}

func (r *recorder) Told(id engine.ID, text string) { r.log.add("%s says %s", id, text) }

// fakeFiles tells of changes at times of the run.
type fakeFiles struct {
	changes map[time.Duration]string // the process whose file changes
	fail    error
	// begins is when it knows what is there; below 0 is never.
	begins time.Duration
}

func (f *fakeFiles) Watch(ctx context.Context, begun func(), changed func(process, path string)) error {
	if f.begins >= 0 && f.fail == nil && pass(ctx, f.begins) {
		begun()
	}
	for after, process := range f.changes {
		timer := time.AfterFunc(after, func() { changed(process, process+".go") })
		defer timer.Stop()
	}
	if f.fail != nil {
		return f.fail
	}
	<-ctx.Done()
	return ctx.Err()
}

// stage is a run with everything around it played.
type stage struct {
	*testing.T
	processes []graph.Process
	external  []graph.Watchpoint
	policy    engine.Policy
	timeout   time.Duration

	commands map[string]command
	executor *fakeExecutor
	points   *fakeWatchpoints
	prober   *fakeProber
	keeper   *fakeKeeper
	observer *recorder
	log      *journal
	files    Files
	stop     chan struct{}
	pauses   chan Pause
	do       chan func()
	ended    chan struct{} // closed when Run has returned
	ctx      context.Context
}

// play runs a story in a bubble, where time passes only when all wait.
func play(t *testing.T, story func(s *stage)) {
	synctest.Test(t, func(t *testing.T) {
		log := &journal{start: time.Now()}
		s := &stage{
			T:        t,
			commands: map[string]command{},
			log:      log,
			points: &fakeWatchpoints{
				log: log, here: map[string]bool{}, fail: make(chan error), watching: make(chan struct{}),
				cannotCreate: map[string]error{}, cannotRemove: map[string]error{},
			},
			prober:   &fakeProber{log: log, ready: map[string]readiness{}},
			keeper:   &fakeKeeper{log: log, verdicts: map[string]verdict{}},
			observer: &recorder{log: log},
			stop:     make(chan struct{}),
			pauses:   make(chan Pause),
			do:       make(chan func()),
			ended:    make(chan struct{}),
			ctx:      t.Context(),
			policy:   engine.Policy{Options: map[string]engine.Options{}},
		}
		s.executor = &fakeExecutor{
			t: t, commands: s.commands, points: s.points, observer: s.observer, log: log,
			exits: make(chan engine.Exited, 20000), wake: make(chan struct{}, 1),
			live: map[engine.ID]*played{},
		}
		story(s)
	})
}

// task declares a task and its command.
func (s *stage) task(name string, c command, waits ...string) *graph.Process {
	s.commands[name] = c
	s.processes = append(s.processes, graph.Process{Name: name, WaitsOn: gate(waits)})
	return &s.processes[len(s.processes)-1]
}

// checked declares a task that may be up to date.
func (s *stage) checked(name string, c command, v verdict, waits ...string) {
	s.task(name, c, waits...)
	s.policy.Options[name] = engine.Options{Checked: true}
	s.keeper.verdicts[name] = v
}

// service declares a service that becomes ready as r says.
func (s *stage) service(name string, c command, r readiness, waits ...string) {
	s.task(name, c, waits...).Service = true
	s.prober.ready[name] = r
}

func gate(keys []string) [][]string {
	var all [][]string
	for _, key := range keys {
		all = append(all, []string{key})
	}
	return all
}

// at does something at a time of the run, from a goroutine of its own.
func (s *stage) at(after time.Duration, f func()) { time.AfterFunc(after, f) }

func (s *stage) askToStop() { s.stop <- struct{}{} }

// pause stops everything for a while.
func (s *stage) pause(after, lasts time.Duration) {
	s.at(after, func() { s.askToPause(true) })
	s.at(after+lasts, func() { s.askToPause(false) })
}

func (s *stage) askToPause(on bool) {
	done := make(chan struct{})
	select {
	case s.pauses <- Pause{On: on, Done: done}:
	case <-s.ended:
		return
	}
	select {
	case <-done:
	case <-s.ended:
	}
}

// report is what the watcher tells of a key.
func (s *stage) report(key string, present bool) {
	<-s.points.watching
	s.points.report([]Change{{key, present}})
}

// run conducts the run and checks what is true of every run.
func (s *stage) run() (int, error) {
	s.Helper()
	g, problems := graph.Build(s.processes, s.external)
	if len(problems) > 0 {
		s.Fatalf("bad graph: %v", problems)
	}
	code, err := Run(s.ctx, Config{
		Graph: g, Policy: s.policy, Executor: s.executor, Watchpoints: s.points,
		Prober: s.prober, Observer: s.observer, Stop: s.stop, Timeout: s.timeout,
		Files: s.files, Pause: s.pauses, Do: s.do, Keeper: s.keeper,
	})
	s.executor.over.Store(true)
	close(s.ended)
	s.checkAllEnded()
	s.checkReplay(g)
	synctest.Wait()
	s.executor.stopTimers()
	return code, err
}

func (x *fakeExecutor) stopTimers() {
	for _, p := range x.live {
		p.timer.Stop()
	}
}

// checkAllEnded looks for what still goes on when Run has returned.
func (s *stage) checkAllEnded() {
	s.Helper()
	if n := s.executor.waking.Load(); n > 0 {
		s.Errorf("%d messages are still on their way", n)
	}
	if n := s.prober.pending.Load(); n > 0 {
		s.Errorf("%d probes go on", n)
	}
	if n := s.keeper.pending.Load(); n > 0 {
		s.Errorf("the keeper still answers %d questions", n)
	}
	if !s.points.ended {
		s.Error("the watcher goes on")
	}
	for _, ev := range s.observer.events {
		if exit, ok := ev.(engine.Exited); ok && s.executor.live[exit.ID] != nil {
			s.Errorf("%s has exited, and is not forgotten", exit.ID)
		}
	}
	if !s.observer.idle {
		s.Error("the observer was not told to write out at the end")
	}
}

// checkReplay gives the events that the observer saw to another engine: had it
// missed one, the answers would differ.
func (s *stage) checkReplay(g *graph.Graph) {
	s.Helper()
	e := engine.New(g, s.policy)
	for i, ev := range s.observer.events {
		var answer []string
		for _, a := range e.Step(ev) {
			answer = append(answer, a.String())
		}
		if diff := cmp.Diff(s.observer.answers[i], answer); diff != "" {
			s.Fatalf("event %d, %q (-observed +replayed):\n%s", i, ev, diff)
		}
	}
}

// expect compares lines of the journal.
func (s *stage) expect(want string, words ...string) {
	s.Helper()
	want = strings.ReplaceAll(strings.TrimSpace(want), "\t", "")
	if diff := cmp.Diff(want, s.log.with(words...)); diff != "" {
		s.Errorf("the run went differently (-want +got):\n%s", diff)
	}
}

func (s *stage) expectEnd(code int, err error, wantCode int, wantErr error) {
	s.Helper()
	if code != wantCode || err != wantErr {
		s.Errorf("got code %d, error %v; want %d, %v", code, err, wantCode, wantErr)
	}
}
