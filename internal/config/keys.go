package config

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"wprun/internal/graph"
	"wprun/internal/watchpoint"
)

// ref is one mention of a key.
type ref struct {
	key watchpoint.Key
	// text is how the key reads in the graph, on the command line and in the
	// names of variables: integers and strings must not read alike.
	text    string
	integer bool
	at      place
}

// point is a watchpoint while the file is read.
type point struct {
	ref
	base, name string
	// declared is a [[watchpoint]].
	declared bool
	external bool
	timeout  time.Duration
	// listed says that it has its place among the watchpoints.
	listed bool
}

func stringRef(s string, at place) ref {
	return ref{watchpoint.StringKey(s), s, false, at}
}

func intRef(n int64, at place) ref {
	key := watchpoint.IntKey(int(n))
	return ref{key, key.String(), true, at}
}

// String shows a key as it is written in the file.
func (r ref) String() string {
	if r.integer {
		return r.text
	}
	return strconv.Quote(r.text)
}

func isTwin(name string) bool {
	n := len(name) - len(graph.FailedSuffix)
	return n >= 0 && strings.EqualFold(name[n:], graph.FailedSuffix)
}

func withoutTwin(name string) string { return name[:len(name)-len(graph.FailedSuffix)] }

// checkTableName leaves the names of instances to matrices.
func checkTableName(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if strings.Contains(name, "[") {
		return fmt.Errorf("cannot use %q as a name: only the instances of a matrix have such names; add matrix = { ... } to the task", name)
	}
	return nil
}

func checkName(name string) error {
	if err := watchpoint.CheckName(name); err != nil {
		return err
	}
	if isTwin(name) {
		return fmt.Errorf("cannot use %q as a name: names that end in %q are wprun's own", name, graph.FailedSuffix)
	}
	return nil
}

// checkKey is laxer than checkName: a key may have a name of its own.
func checkKey(key string) error {
	if key == "" {
		return errors.New("it is empty")
	}
	if strings.ContainsFunc(key, unicode.IsControl) {
		return errors.New("it holds a control character")
	}
	return nil
}

func (s *source) readWatchpoints() {
	l, top, at := s.l, s.top, s.top.place("watchpoint")
	for i, v := range top.list("watchpoint") {
		m, ok := v.(map[string]any)
		if !ok {
			l.broken = true
			top.problemAt(at.index(i), "watchpoint", "want a list of tables, each begun by [[watchpoint]], got %v", typeOf(v))
			continue
		}
		owner := fmt.Sprintf(" of [[watchpoint]] %d", i+1)
		l.readWatchpoint(table{at: at.index(i), owner: owner, m: m})
	}
}

func (l *loader) readWatchpoint(t table) {
	t.check(watchpointFields, nil, "")
	if t.given("key") && !t.has("key") {
		return
	}
	r, err := readKey(t)
	if err != nil {
		l.broken = true
		t.problem("key", "%v", err)
		return
	}
	p := &point{ref: r, declared: true, base: readBase(t, l.config.Base), name: t.str("name")}
	p.external = value[bool](t, "external")
	p.timeout = t.duration("timeout", 0)
	if t.has("timeout") && !p.external {
		t.problem("timeout", "only a watchpoint with external = true has it")
	}
	checkPointName(t, p)
	if other := l.byKey[p.text]; other != nil {
		l.broken = true
		t.problem("key", "%v is declared%s", r, cmp.Or(other.at.elsewhere(p.at), " twice"))
		return
	}
	l.byKey[p.text] = p
	l.points = append(l.points, p)
}

func readKey(t table) (ref, error) {
	at := t.place("key")
	switch key := t.m["key"].(type) {
	case int64:
		return intRef(key, at), nil
	case string:
		if isTwin(key) {
			return ref{}, fmt.Errorf("%q is made by wprun alone, when %q can no longer be signalled", key, withoutTwin(key))
		}
		return stringRef(key, at), checkKey(key)
	}
	return ref{}, errors.New("it is missing")
}

func checkPointName(t table, p *point) {
	switch {
	case t.has("name"):
		if err := checkName(p.name); err != nil {
			t.loader().problem(t.place("name"), "%v", err)
		}
	case p.integer:
		t.problem("name", "it is missing; a key that is an integer needs one")
	default:
		if err := checkName(p.text); err != nil {
			t.loader().problem(p.at, "%v; or give the key a name", err)
		}
	}
}

// collectKeys makes points of all keys that processes have and signal, beside
// those of [[watchpoint]], and orders them.
func (l *loader) collectKeys() {
	declared := l.points
	l.points = nil
	first := map[string]ref{}
	for _, p := range l.processes {
		own := stringRef(p.Name, p.table.at)
		l.alike(first, own)
		l.addKey(own, p)
	}
	for _, p := range declared {
		if g := l.groups[p.text]; g != nil {
			l.broken = true
			l.problem(p.at, "cannot use key %v: it stands for the instances of task %v; each has a key of its own, such as %q", p.ref, p.ref, g.names[0])
		}
		l.alike(first, p.ref)
		l.addPoint(p)
	}
	for _, p := range l.processes {
		for _, s := range p.signals {
			if l.alike(first, s.ref) {
				l.addKey(s.ref, p)
			}
		}
	}
	for _, p := range l.processes {
		l.checkWaits(first, p)
	}
}

// alike refuses a key that reads like another one; false if it did.
func (l *loader) alike(first map[string]ref, r ref) bool {
	other, seen := first[r.text]
	if !seen {
		first[r.text] = r
		return true
	}
	if other.integer == r.integer {
		return true
	}
	l.broken = true
	l.problem(r.at, "cannot use key %v: %v%s is a key too, and the two would read alike", r, other, other.at.elsewhere(r.at))
	return false
}

// addKey makes the point of a key that a process signals.
func (l *loader) addKey(r ref, by *declared) {
	if l.groups[r.text] != nil && by.Group != r.text {
		by.badKey(r.at, "signals", "%v stands for the instances of task %v", r, r)
		return
	}
	if p := l.byKey[r.text]; p != nil {
		l.addPoint(p)
		return
	}
	switch err := checkName(r.text); {
	case r.integer:
		l.needsName(r, "signals", by)
	case err != nil:
		l.broken = true
		l.problem(r.at, "%v; or give the key a name in a [[watchpoint]]", err)
	}
	p := &point{ref: r, base: l.config.Base}
	l.byKey[r.text] = p
	l.addPoint(p)
}

func (l *loader) addPoint(p *point) {
	if !p.listed {
		p.listed = true
		l.points = append(l.points, p)
	}
}

func (l *loader) needsName(r ref, field string, by *declared) {
	by.badKey(r.at, field, "%v is an integer, which needs a [[watchpoint]] with this key and a name", r)
}

func (l *loader) checkWaits(first map[string]ref, p *declared) {
	for _, anyOf := range p.waits {
		for _, r := range anyOf {
			if l.alike(first, r) && r.integer && l.byKey[r.text] == nil {
				l.needsName(r, "waits_on", p)
			}
		}
	}
}
