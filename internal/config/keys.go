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

// key is a key that the files mention, once for all its mentions: to look at what
// is known of it needs no look-up. An integer and a string that read alike have one,
// until one of them is refused.
type key struct {
	// text is how the key reads in the graph, on the command line and in the
	// names of variables: integers and strings must not read alike.
	text string
	// bare is the key of which this one is the twin, or itself.
	bare *key
	// met says that first is a mention of it, and metInteger how that was written.
	met, metInteger bool
	first           place
	point           *point // or nil
	used            bool
	waiter          *declared // the first, or nil
	correct         bool      // known to be
	looked          bool      // for instances
	instances       []string
	variable        int // the number of the one that tells its path, or 0
}

// keys has all of them by their texts.
type keys map[string]*key

func (ks keys) of(text string) *key {
	if k := ks[text]; k != nil {
		return k
	}
	k := &key{text: text}
	k.bare = k
	ks[text] = k
	if bare, twin := strings.CutSuffix(text, graph.FailedSuffix); twin {
		k.bare = ks.of(bare)
	}
	return k
}

// ref is one mention of a key.
type ref struct {
	*key
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

func (l *loader) stringRef(s string, at place) ref { return ref{l.keys.of(s), false, at} }

func (l *loader) intRef(n int64, at place) ref {
	return ref{l.keys.of(strconv.FormatInt(n, 10)), true, at}
}

func (r ref) watchpointKey() watchpoint.Key {
	if !r.integer {
		return watchpoint.StringKey(r.text)
	}
	n, _ := strconv.Atoi(r.text) // it was made of an integer
	return watchpoint.IntKey(n)
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
		owner := owner{kind: fmt.Sprintf("[[watchpoint]] %d", i+1)}
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
	if other := r.point; other != nil {
		l.broken = true
		t.problem("key", "%v is declared%s", r, cmp.Or(other.at.elsewhere(p.at), " twice"))
		return
	}
	r.point = p
	l.points = append(l.points, p)
}

func readKey(t table) (ref, error) {
	l, at := t.loader(), t.place("key")
	switch key := t.m["key"].(type) {
	case int64:
		return l.intRef(key, at), nil
	case string:
		if isTwin(key) {
			return ref{}, fmt.Errorf("%q is made by wprun alone, when %q can no longer be signalled", key, withoutTwin(key))
		}
		return l.stringRef(key, at), checkKey(key)
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
	l.points = make([]*point, 0, len(declared)+len(l.processes)) // further keys are few
	for _, p := range l.processes {
		own := l.stringRef(p.Name, p.table.at)
		p.own = own.key
		l.alike(own)
		l.addKey(own, p)
	}
	for _, p := range declared {
		if g := l.groups[p.text]; g != nil {
			l.broken = true
			l.problem(p.at, "cannot use key %v: it stands for the instances of task %v; each has a key of its own, such as %q", p.ref, p.ref, g.names[0])
		}
		l.alike(p.ref)
		l.addPoint(p)
	}
	for _, p := range l.processes {
		for _, s := range p.signals {
			if l.alike(s.ref) {
				l.addKey(s.ref, p)
			}
		}
	}
	for _, p := range l.processes {
		l.checkWaits(p)
	}
}

// alike refuses a key that reads like another one; false if it did.
func (l *loader) alike(r ref) bool {
	if !r.met {
		r.met, r.metInteger, r.first = true, r.integer, r.at
	}
	if r.metInteger == r.integer {
		return true
	}
	other := ref{r.key, r.metInteger, r.first}
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
	if r.point != nil {
		l.addPoint(r.point)
		return
	}
	switch err := checkName(r.text); {
	case r.integer:
		l.needsName(r, "signals", by)
	case err != nil:
		l.broken = true
		l.problem(r.at, "%v; or give the key a name in a [[watchpoint]]", err)
	}
	r.point = &point{ref: r, base: l.config.Base}
	l.addPoint(r.point)
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

func (l *loader) checkWaits(p *declared) {
	for _, m := range p.waits {
		if m.key == nil || m.met && m.metInteger == m.integer && (!m.integer || m.point != nil) {
			continue
		}
		if r := p.refTo(m); l.alike(r) && r.integer && r.point == nil {
			l.needsName(r, "waits_on", p)
		}
	}
}
