package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"wprun/internal/graph"
)

// declared is a process with what the later checks need of its table.
type declared struct {
	*Process
	table   table
	own     *key
	waits   []mention
	signals []signal
}

// mention is a ref in waits_on, of which a file may have a million: where it stands
// is spelt out when it is asked for.
type mention struct {
	// key is nil in an element of which no key is left.
	*key
	integer bool
	// element and choice count from 0; choice is -1 outside of an inner list.
	element, choice int32
}

func (d *declared) refTo(m mention) ref {
	at := d.table.place("waits_on").index(int(m.element))
	if m.choice >= 0 {
		at = at.index(int(m.choice))
	}
	return ref{m.key, m.integer, at}
}

// elements yields the elements of the gate: keys of which one is enough, or none.
func (d *declared) elements(yield func(anyOf []mention) bool) {
	for rest := d.waits; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].element == rest[0].element {
			n++
		}
		anyOf := rest[:n:n]
		if anyOf[0].key == nil {
			anyOf = nil
		}
		if !yield(anyOf) {
			return
		}
		rest = rest[n:]
	}
}

// mentioned yields the keys of the gate, then those of signals.
func (d *declared) mentioned(yield func(*key) bool) {
	for _, m := range d.waits {
		if m.key != nil && !yield(m.key) {
			return
		}
	}
	for _, s := range d.signals {
		if !yield(s.key) {
			return
		}
	}
}

// mentions are the refs to those that it mentions.
func (d *declared) mentions() []ref {
	var refs []ref
	for _, m := range d.waits {
		if m.key != nil {
			refs = append(refs, d.refTo(m))
		}
	}
	for _, s := range d.signals {
		refs = append(refs, s.ref)
	}
	return refs
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

// isKind says that a key at the top has processes.
func isKind(key string) bool { return key == "task" || key == "service" }

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
	t := table{at: at, owner: owner{kind, name}, m: m}.withDefaults(s.defaults[kind])
	checkFields(t, kind)
	if !t.given("command") {
		t.problem("command", "it is missing")
	}
	if kind == "task" && t.has("matrix") {
		return s.readInstances(name, t)
	}
	d := &declared{Process: &Process{Name: name, Service: kind == "service"}, table: t}
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
	s, usual := t.source(), &t.loader().usual
	d.Description = t.str("description")
	d.Dir = s.absolute(t.text("dir"))
	d.Env = s.env.of(t)
	if t.has("command") {
		d.Argv, d.Shell = readCommand(t, "command")
	}
	d.SuccessCodes = usual.successCodes
	if t.has("success_exit_codes") {
		d.SuccessCodes = t.integers("success_exit_codes", 0, 255)
	}
	readStop(d)
	d.TTY = value[bool](t, "tty")
	d.Log = readLog(t)
	d.WaitTimeout = t.duration("wait_timeout", 0)
	readWaits(d)
	readSignals(d)
	d.Work, d.Upkeep = usual.noWork, usual.noUpkeep
	switch {
	case d.Service:
		d.Upkeep = &Upkeep{Ready: readReady(t), Alive: readAlive(t)}
		readRestart(d)
		readWatch(d)
	case t.hasAny(workFields):
		d.Work = readWork(t)
	default:
		d.Work = usual.work
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
	list := d.table.list("waits_on")
	if len(list) > 0 {
		d.waits = make([]mention, 0, len(list))
		defer d.table.forget("waits_on") // the keys are known from here on
	}
	for i, v := range list {
		anyOf, nested := v.([]any)
		if !nested {
			d.readWait(v, mention{element: int32(i), choice: -1})
			continue
		}
		if len(anyOf) == 0 {
			d.badKey(d.table.place("waits_on").index(i), "waits_on", "the inner list is empty, so that the gate could never open")
		}
		before := len(d.waits)
		for j, v := range anyOf {
			d.readWait(v, mention{element: int32(i), choice: int32(j)})
		}
		if len(d.waits) == before {
			d.waits = append(d.waits, mention{element: int32(i)})
		}
	}
}

// readWait adds a mention of which the key has yet to be read.
func (d *declared) readWait(v any, m mention) {
	var fault string
	if m.key, m.integer, fault = d.table.loader().readMention(v); fault == "" {
		d.waits = append(d.waits, m)
	} else {
		d.badKey(d.refTo(m).at, "waits_on", "%s", fault)
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
	k, integer, fault := d.table.loader().readMention(v)
	if fault != "" {
		d.badKey(at, field, "%s", fault)
	}
	return ref{k, integer, at}, fault == ""
}

// readMention reads a mention of a key, or says why it is none.
func (l *loader) readMention(v any) (k *key, integer bool, fault string) {
	switch v := v.(type) {
	case int64:
		return l.keys.of(strconv.FormatInt(v, 10)), true, ""
	case string:
		if k = l.keys[v]; k != nil && k.correct {
			return k, false, ""
		}
		if err := checkKey(v); err != nil {
			return nil, false, fmt.Sprintf("key %q: %v", v, err)
		}
		k = l.keys.of(v)
		k.correct = true
		return k, false, ""
	}
	return nil, false, fmt.Sprintf("want keys, which are strings or integers, got %v", typeOf(v))
}

func (d *declared) badKey(at place, field, format string, args ...any) {
	l := d.table.loader()
	l.broken = l.broken || slices.Contains(graphKeys, field)
	d.table.problemAt(at, field, format, args...)
}
