package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"wprun/internal/graph"
)

// declared is a process with what the later checks need of its table.
type declared struct {
	Process
	table   table
	waits   [][]ref
	signals []signal
}

// signal is one promise of a process.
type signal struct {
	ref
	when graph.When
}

// called is the name of the process's table.
func (p Process) called() string { return cmp.Or(p.Group, p.Name) }

// String names the process for messages. What is wrong with one instance mostly
// is with all of them, so they have the name of their table.
func (d *declared) String() string { return fmt.Sprintf("%s %q", d.kind(), d.called()) }

// beside names a process for a message about another.
func (d *declared) beside(other *declared) string {
	if d.Group != "" && d.Group == other.Group {
		return "another instance, for want of $" + MatrixVariable(d.Matrix[0].Name) + " in it,"
	}
	return d.String() + d.table.at.elsewhere(other.table.at)
}

func (s *source) readProcesses() {
	l := s.l
	for _, o := range s.order {
		kind, name := o[0], o[1]
		all, ok := s.top.m[kind].(map[string]any)
		if !ok {
			l.broken = true
			continue
		}
		list := s.readProcess(kind, name, all[name])
		if len(list) == 0 {
			l.broken = true
			continue
		}
		l.addProcesses(name, list)
	}
}

// addProcesses adds a process, or the instances of one.
func (l *loader) addProcesses(name string, list []*declared) {
	folded := strings.ToLower(name)
	if other := l.byName[folded]; other != nil {
		l.sameName(list[0], other)
		return
	}
	l.byName[folded] = list[0]
	l.processes = append(l.processes, list...)
	for _, d := range list {
		if d.Group != "" {
			l.groups.add(d.Process)
		}
	}
}

func (l *loader) sameName(p, other *declared) {
	l.broken = true
	text := "has the same name"
	if p.called() != other.called() {
		text = "differs only in the case of letters"
	}
	at := p.table.at
	l.problem(at, "cannot use the name of %v: %v%s %s", p, other, other.table.at.elsewhere(at), text)
}

// readProcess returns a process, or the instances of one; nothing for what cannot
// take part in the graph.
func (s *source) readProcess(kind, name string, v any) []*declared {
	at := s.top.place(kind).key(name)
	m, ok := v.(map[string]any)
	if !ok {
		s.l.problem(at, "cannot use key %q of table %q: want %v, got %v; start a process with [%s.NAME]", name, kind, aTable, typeOf(v), kind)
		return nil
	}
	if err := checkTableName(name); err != nil {
		s.l.problem(at, "%v", err)
		return nil
	}
	t := table{at: at, owner: fmt.Sprintf(" of %s %q", kind, name), m: m}.withDefaults(s.defaults[kind])
	checkFields(t, kind)
	if !t.given("command") {
		t.problem("command", "it is missing")
	}
	if kind == "task" && t.has("matrix") {
		return s.readInstances(name, t)
	}
	d := &declared{Process: Process{Name: name, Service: kind == "service"}, table: t}
	d.readFields()
	return []*declared{d}
}

// checkFields looks at the keys of a process or of its defaults.
func checkFields(t table, kind string) {
	if kind == "service" {
		t.check(serviceFields, taskFields, "a task")
	} else {
		t.check(taskFields, serviceFields, "a service")
	}
}

func (d *declared) readFields() {
	t := d.table
	s := t.source()
	d.Description = t.str("description")
	d.Dir = s.absolute(t.text("dir"))
	d.Env = s.env.of(t)
	if t.has("command") {
		d.Argv, d.Shell = readCommand(t, "command")
	}
	d.SuccessCodes = []int{0}
	if t.has("success_exit_codes") {
		d.SuccessCodes = t.integers("success_exit_codes", 0, 255)
	}
	readStop(d)
	d.TTY = value[bool](t, "tty")
	d.Log = readLog(t)
	d.WaitTimeout = t.duration("wait_timeout", 0)
	readWaits(d)
	readSignals(d)
	if d.Service {
		d.Ready = readReady(t)
		d.Alive = readAlive(t)
		readRestart(d)
		readWatch(d)
	} else {
		readWork(d)
	}
}

func readStop(d *declared) {
	d.StopSignal, d.StopTimeout = syscall.SIGTERM, defaultProcessStopTimeout
	if !d.table.has("stop") {
		return
	}
	t := d.table.sub("stop")
	t.check(stopFields, nil, "")
	d.StopTimeout = t.duration("timeout", defaultProcessStopTimeout)
	if t.has("command") {
		d.StopCommand, _ = readCommand(t, "command")
	}
	if !t.has("signal") {
		return
	}
	name := strings.ToUpper(t.str("signal"))
	number := unix.SignalNum("SIG" + strings.TrimPrefix(name, "SIG"))
	if number == 0 {
		t.problem("signal", `there is no signal %q; write it as "SIGINT" or "INT"`, t.str("signal"))
		return
	}
	d.StopSignal = number
}

// readWaits reads the gate: keys, and lists of keys of which one is enough.
func readWaits(d *declared) {
	at := d.table.place("waits_on")
	for i, v := range d.table.list("waits_on") {
		anyOf, nested := v.([]any)
		if !nested {
			if r, ok := d.ref("waits_on", at.index(i), v); ok {
				d.waits = append(d.waits, []ref{r})
			}
			continue
		}
		if len(anyOf) == 0 {
			d.badKey(at.index(i), "waits_on", "the inner list is empty, so that the gate could never open")
		}
		var refs []ref
		for j, v := range anyOf {
			if r, ok := d.ref("waits_on", at.index(i).index(j), v); ok {
				refs = append(refs, r)
			}
		}
		d.waits = append(d.waits, refs)
	}
}

// readSignals reads keys, alone or with the moment at which they are signalled.
func readSignals(d *declared) {
	at := d.table.place("signals")
	for i, v := range d.table.list("signals") {
		at := at.index(i)
		s := signal{when: graph.Earned}
		if m, ok := v.(map[string]any); ok {
			t := table{at: at, owner: d.table.from("signals").owner, prefix: "signals.", m: m}
			t.check(signalFields, nil, "")
			s.when = graph.When(t.oneOf("when", string(graph.Earned), string(graph.AtStart), string(graph.Self)))
			if !t.given("key") {
				d.badKey(at, "signals", "element %d has no key", i+1)
			}
			if v = m["key"]; v == nil {
				continue
			}
		}
		r, ok := d.ref("signals", at, v)
		if !ok {
			continue
		}
		if isTwin(r.text) {
			d.badKey(at, "signals", "%q is made by wprun alone, when %q can no longer be signalled", r.text, withoutTwin(r.text))
			continue
		}
		if d.Service && r.text == d.Name {
			d.badKey(at, "signals", "%q is made when the service is ready; use ready = \"started\" or \"self\" for another moment", r.text)
			continue
		}
		s.ref = r
		d.signals = append(d.signals, s)
	}
}

// ref reads a mention of a key.
func (d *declared) ref(field string, at place, v any) (ref, bool) {
	switch v := v.(type) {
	case int64:
		return intRef(v, at), true
	case string:
		if err := checkKey(v); err != nil {
			d.badKey(at, field, "key %q: %v", v, err)
			return ref{}, false
		}
		return stringRef(v, at), true
	}
	d.badKey(at, field, "want keys, which are strings or integers, got %v", typeOf(v))
	return ref{}, false
}

func (d *declared) badKey(at place, field, format string, args ...any) {
	l := d.table.loader()
	l.broken = l.broken || slices.Contains(graphKeys, field)
	d.table.problemAt(at, field, format, args...)
}
