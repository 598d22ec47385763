package config

import (
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

// String names the process for messages.
func (d *declared) String() string { return fmt.Sprintf("%s %q", d.kind(), d.Name) }

func (l *loader) readProcesses(top table, order [][2]string) {
	byName := map[string]*declared{}
	for _, o := range order {
		kind, name := o[0], o[1]
		all, ok := top.m[kind].(map[string]any)
		if !ok {
			l.broken = true
			continue
		}
		p, ok := l.readProcess(kind, name, all[name])
		if !ok {
			l.broken = true
			continue
		}
		if other := byName[strings.ToLower(name)]; other != nil {
			l.sameName(p, other)
			continue
		}
		byName[strings.ToLower(name)] = p
		l.processes = append(l.processes, p)
	}
	if len(order) == 0 && len(l.list) == 0 {
		l.fileProblem(0, "cannot find a process in the file: add a [task.NAME] or a [service.NAME]")
	}
}

func (l *loader) sameName(p, other *declared) {
	l.broken = true
	text := "has the same name"
	if p.Name != other.Name {
		text = "differs only in the case of letters"
	}
	l.problem(p.table.at, "cannot use the name of %v: %v %s", p, other, text)
}

// readProcess returns false for what cannot take part in the graph.
func (l *loader) readProcess(kind, name string, v any) (*declared, bool) {
	at := place("").key(kind).key(name)
	m, ok := v.(map[string]any)
	if !ok {
		l.problem(at, "cannot use key %q of table %q: want %v, got %v; start a process with [%s.NAME]", name, kind, aTable, typeOf(v), kind)
		return nil, false
	}
	if err := checkName(name); err != nil {
		l.problem(at, "%v", err)
		return nil, false
	}
	d := &declared{
		Process: Process{Name: name, Service: kind == "service"},
		table:   table{l: l, at: at, owner: fmt.Sprintf(" of %s %q", kind, name), m: m},
	}
	l.readFields(d)
	return d, true
}

func (l *loader) readFields(d *declared) {
	t := d.table
	if d.Service {
		t.check(serviceFields, taskFields, "a task")
	} else {
		t.check(taskFields, serviceFields, "a service")
	}
	d.Description = t.str("description")
	d.Dir = l.absolute(t.text("dir"))
	d.Env = l.env.of(t)
	d.Argv, d.Shell = readCommand(t, "command", l.shell)
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
		d.Ready = readReady(t, l)
		d.Alive = readAlive(t, l)
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
		d.StopCommand, _ = readCommand(t, "command", t.l.shell)
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
	at := d.table.at.key("waits_on")
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
	at := d.table.at.key("signals")
	for i, v := range d.table.list("signals") {
		at := at.index(i)
		s := signal{when: graph.Earned}
		if m, ok := v.(map[string]any); ok {
			t := table{d.table.l, at, d.table.owner, "signals.", m}
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
	d.table.l.broken = d.table.l.broken || slices.Contains(graphKeys, field)
	d.table.problemAt(at, field, format, args...)
}
