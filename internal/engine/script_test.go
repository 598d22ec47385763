package engine

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wprun/internal/graph"
)

var update = flag.Bool("update", false, "write what the engine answers into the scripts")

// A script declares processes, then gives events behind "> ", each followed by
// the actions that the engine must answer. Lines behind "#" are comments. Run
// with -update to renew the answers, and read the difference before you keep it.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := replay(string(want))
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(want), got); diff != "" && !*update {
				t.Errorf("the engine answers differently (-script +engine):\n%s", diff)
			}
		})
	}
}

// replay runs a script and returns it with the engine's own answers. Several
// runs may follow one another, divided by a line "---".
func replay(script string) (string, error) {
	var out []string
	for _, part := range strings.Split(script, "\n---\n") {
		s := newScript()
		for n, line := range strings.Split(part, "\n") {
			if err := s.line(line); err != nil {
				return "", fmt.Errorf("line %d, %q: %w", n+1, line, err)
			}
		}
		out = append(out, strings.TrimRight(s.out.String(), "\n"))
	}
	return strings.Join(out, "\n---\n") + "\n", nil
}

type script struct {
	processes   []graph.Process
	watchpoints []graph.Watchpoint
	policy      Policy
	engine      *Engine
	out         strings.Builder
}

func newScript() *script { return &script{policy: Policy{Options: map[string]Options{}}} }

func (s *script) line(line string) error {
	switch {
	case strings.HasPrefix(line, "  ") && s.engine != nil:
		return nil // an answer; the engine gives it anew
	case strings.HasPrefix(line, "> "):
		fmt.Fprintln(&s.out, line)
		return s.event(strings.Fields(line)[1:])
	case line == "" || strings.HasPrefix(line, "#"):
		fmt.Fprintln(&s.out, line)
		return nil
	default:
		fmt.Fprintln(&s.out, line)
		return s.declare(strings.Fields(line))
	}
}

func (s *script) declare(words []string) error {
	options := map[string]string{}
	for _, w := range words[1:] {
		name, value, _ := strings.Cut(w, "=")
		options[name] = value
	}
	switch words[0] {
	case "task", "service":
		return s.process(words, options)
	case "external":
		d, err := duration(options["timeout"])
		s.watchpoints = append(s.watchpoints, graph.Watchpoint{Key: words[1], External: true, Timeout: d})
		return err
	case "policy":
		return s.setPolicy(options)
	}
	return fmt.Errorf("unknown declaration")
}

func (s *script) process(words []string, options map[string]string) error {
	p := graph.Process{Name: words[1], Service: words[0] == "service"}
	for _, anyOf := range list(options["waits"]) {
		p.WaitsOn = append(p.WaitsOn, strings.Split(anyOf, "|"))
	}
	for _, signal := range list(options["signals"]) {
		key, when, _ := strings.Cut(signal, "@")
		p.Signals = append(p.Signals, graph.Signal{Key: key, When: graph.When(when)})
	}
	s.processes = append(s.processes, p)
	var err error
	s.policy.Options[p.Name], err = parseOptions(options)
	return err
}

func parseOptions(options map[string]string) (Options, error) {
	o := Options{Restart: options["restart"], Pool: options["pool"]}
	for name, flag := range map[string]*bool{
		"cascade": &o.Cascade, "probed": &o.Probed, "checked": &o.Checked, "allow-failure": &o.AllowFailure,
	} {
		_, *flag = options[name]
	}
	for name, n := range map[string]*int{
		"max-restarts": &o.MaxRestarts, "retries": &o.Retries, "weight": &o.Weight,
	} {
		*n, _ = strconv.Atoi(options[name])
	}
	for _, code := range list(options["success"]) {
		n, err := strconv.Atoi(code)
		if err != nil {
			return o, err
		}
		o.Success = append(o.Success, n)
	}
	for name, d := range map[string]*time.Duration{
		"grace": &o.Grace, "timeout": &o.Timeout, "wait-timeout": &o.WaitTimeout, "retry-delay": &o.RetryDelay,
	} {
		var err error
		if *d, err = duration(options[name]); err != nil {
			return o, err
		}
	}
	return o, nil
}

func (s *script) setPolicy(options map[string]string) error {
	s.policy.OnFailure = OnFailure(options["on-failure"])
	s.policy.Targets = list(options["targets"])
	s.policy.Jobs, _ = strconv.Atoi(options["jobs"])
	s.policy.Pools = map[string]int{}
	for _, pool := range list(options["pools"]) {
		name, limit, _ := strings.Cut(pool, ":")
		s.policy.Pools[name], _ = strconv.Atoi(limit)
	}
	var err error
	s.policy.StopTimeout, err = duration(options["stop-timeout"])
	return err
}

func (s *script) event(words []string) error {
	if s.engine == nil {
		g, problems := graph.Build(s.processes, s.watchpoints)
		if len(problems) > 0 {
			return fmt.Errorf("bad graph: %v", problems)
		}
		s.engine = New(g, s.policy)
	}
	ev, err := parseEvent(words)
	if err != nil {
		return err
	}
	if got := ev.String(); got != strings.Join(words, " ") {
		return fmt.Errorf("the event prints as %q", got)
	}
	for _, a := range s.engine.Step(ev) {
		fmt.Fprintf(&s.out, "  %s\n", a)
	}
	return nil
}

// parse makes an event of the rest of its words; id is of the first of them.
var parse = map[string]func(id ID, turn int, words []string) Event{
	"begin":     func(ID, int, []string) Event { return Begin{} },
	"seen":      func(_ ID, _ int, w []string) Event { return Seen{w[0]} },
	"gone":      func(_ ID, _ int, w []string) Event { return Gone{w[0]} },
	"made":      func(id ID, _ int, _ []string) Event { return Made{id} },
	"started":   func(id ID, _ int, _ []string) Event { return Started{id} },
	"ready":     func(id ID, _ int, _ []string) Event { return Ready{id} },
	"not-ready": func(id ID, _ int, w []string) Event { return NotReady{id, rest(w, 1)} },
	"unready":   func(id ID, _ int, w []string) Event { return Unready{id, rest(w, 1)} },
	"unwell":    func(id ID, _ int, w []string) Event { return Unwell{id, rest(w, 1)} },
	"touched":   func(_ ID, _ int, w []string) Event { return Touched{w[0], rest(w, 1)} },
	"start-failed": func(id ID, _ int, w []string) Event {
		return StartFailed{id, number(w, 1), rest(w, 2)}
	},
	"busy": func(id ID, _ int, w []string) Event { return Busy{id, number(w, 1), rest(w, 2)} },
	"exited": func(id ID, _ int, w []string) Event {
		return Exited{id, number(w, 1), rest(w, 2)}
	},
	"current":      func(id ID, _ int, w []string) Event { return Current{id, rest(w, 1)} },
	"stale":        func(id ID, _ int, w []string) Event { return Stale{id, rest(w, 1)} },
	"check-failed": func(id ID, _ int, w []string) Event { return CheckFailed{id, rest(w, 1)} },
	"recorded":     func(id ID, _ int, _ []string) Event { return Recorded{id} },
	"record-failed": func(id ID, _ int, w []string) Event {
		return RecordFailed{id, number(w, 1), rest(w, 2)}
	},
	"signalled": func(id ID, turn int, w []string) Event {
		return Signalled{ID: id, Turn: turn, Keys: w[1:]}
	},
	"signal-failed": func(id ID, turn int, w []string) Event {
		return SignalFailed{ID: id, Turn: turn, Key: w[1], Why: rest(w, 2)}
	},
	"signal-held-up": func(id ID, turn int, w []string) Event {
		return SignalFailed{ID: id, Turn: turn, Key: w[1], Why: rest(w, 2), Passing: true}
	},
	"fired":      func(_ ID, _ int, w []string) Event { return Fired{parseTimer(w)} },
	"stop":       func(ID, int, []string) Event { return Stop{} },
	"time-is-up": func(ID, int, []string) Event { return TimeIsUp{} },
}

func parseEvent(words []string) (Event, error) {
	make, ok := parse[words[0]]
	if !ok {
		return nil, fmt.Errorf("unknown event")
	}
	id, turn := parseID(rest(words[:min(2, len(words))], 1))
	return make(id, turn, words[1:]), nil
}

func rest(words []string, from int) string {
	return strings.Join(words[min(from, len(words)):], " ")
}

func number(words []string, at int) int {
	n, _ := strconv.Atoi(words[at])
	return n
}

func parseTimer(words []string) Timer {
	t := Timer{Kind: TimerKind(words[0])}
	switch t.Kind {
	case Deadline, Again:
	case Outside:
		t.Key = words[1]
	default:
		t.ID, _ = parseID(words[1])
		t.Key = rest(words, 2)
	}
	return t
}

// parseID also returns the turn behind the number of an attempt.
func parseID(s string) (ID, int) {
	name, numbers, _ := strings.Cut(s, "#")
	run, turn, _ := strings.Cut(numbers, ".")
	return ID{name, number([]string{run}, 0)}, number([]string{turn}, 0)
}

func duration(s string) (time.Duration, error) {
	if s == "" {
		return 0, nil
	}
	return time.ParseDuration(s)
}

func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}
