package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// table is one table of a file and what messages call it.
type table struct {
	// at is where it stands.
	at    place
	owner owner
	// prefix leads from the owner to here: "ready.".
	prefix string
	m      map[string]any
	// defaults, if any, has what m holds beside own: the keys that the table does
	// not have itself.
	defaults *table
	own      map[string]any
}

// owner ends `cannot use key "x"`: ` of task "b"`, ` of [defaults.task]`, or nothing
// at the top level.
type owner struct{ kind, name string }

func (o owner) String() string {
	switch {
	case o.kind == "":
		return ""
	case o.name == "":
		return " of " + o.kind
	}
	return fmt.Sprintf(" of %s %q", o.kind, o.name)
}

func (t table) source() *source { return t.at.in }

func (t table) loader() *loader { return t.at.in.l }

// withDefaults fills in the keys that a table does not have.
func (t table) withDefaults(defaults *table) table {
	if defaults == nil {
		return t
	}
	t.defaults, t.own = defaults, t.m
	t.m = maps.Clone(defaults.m)
	maps.Copy(t.m, t.own)
	return t
}

// from is the table that a key was written in.
func (t table) from(key string) table {
	if t.defaults != nil && t.given(key) && !t.says(key) {
		return *t.defaults
	}
	return t
}

// says that the key is in the table itself.
func (t table) says(key string) bool {
	_, ok := t.own[key]
	return ok || t.defaults == nil && t.given(key)
}

// place is where the value of a key stands.
func (t table) place(key string) place { return t.from(key).at.key(key) }

// problem is about one key; format goes on after "cannot use key ...: ".
func (t table) problem(key, format string, args ...any) {
	t.problemAt(t.place(key), key, format, args...)
}

// problemAt is about a part of the value of a key.
func (t table) problemAt(at place, key, format string, args ...any) {
	t.loader().problem(at, "%s: %s", t.cannotUse(key), fmt.Sprintf(format, args...))
}

func (t table) cannotUse(key string) string {
	return fmt.Sprintf("cannot use key %q%s", t.prefix+key, t.from(key).owner)
}

// given says that the key is there, even if it was refused.
func (t table) given(key string) bool {
	_, ok := t.m[key]
	return ok
}

// has says that the key is there and of a right type.
func (t table) has(key string) bool { return t.m[key] != nil }

// hasAny says that a table has, or had refused, one of the keys.
func (t table) hasAny(fields []field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return t.given(f.name) })
}

// graphKeys are those without which a wait may seem to be nobody's to signal.
var graphKeys = []string{"task", "service", "signals", "watchpoint", "key", "external"}

// refuse hides the value of a key, so that nobody reads it or misses it.
func (t table) refuse(key string) {
	t.m[key] = nil
	l := t.loader()
	l.broken = l.broken || slices.Contains(graphKeys, key)
}

// forget lets go of a value that has been read: a large file consists of some.
func (t table) forget(key string) { t.m[key] = forgotten{} }

// forgotten stands for a value that was right.
type forgotten struct{}

// check refuses keys of the table itself that are not in fields, that are for later, or that have
// the wrong type. elsewhere holds the fields of a table like this one, and owner
// is what has it: "a task".
func (t table) check(fields, elsewhere []field, owner string) {
	if t.correct(fields) {
		return
	}
	for _, key := range slices.Sorted(maps.Keys(t.m)) {
		if !t.says(key) {
			continue
		}
		f, known := find(fields, key)
		got := typeOf(t.m[key])
		switch {
		case !known:
			t.unknown(key, fields, elsewhere, owner)
		case f.later:
			t.problem(key, "not supported yet")
		}
		if known && got&f.types == 0 {
			t.problem(key, "want %s, got %v", f.wanted(), got)
			t.refuse(key)
		}
	}
}

// correct says that check finds nothing.
func (t table) correct(fields []field) bool {
	for key, v := range t.m {
		if f, known := find(fields, key); !known || f.later || typeOf(v)&f.types == 0 {
			return false
		}
	}
	return true
}

func (t table) unknown(key string, fields, elsewhere []field, owner string) {
	if _, ok := find(elsewhere, key); ok {
		t.problem(key, "only %s has it", owner)
		return
	}
	if way := inTable(key, fields); way != "" {
		t.problem(key, "no such key; write %s", way)
		return
	}
	meant, ok := keyMeant(key, fields)
	if !ok {
		t.problem(key, "no such key")
		return
	}
	t.problem(key, "no such key; did you mean %q?", meant)
	if !t.given(meant) {
		t.refuse(meant)
	}
}

// value returns the zero value where the key is absent.
func value[T any](t table, key string) T {
	v, _ := t.m[key].(T)
	return v
}

func (t table) str(key string) string { return value[string](t, key) }

// sub is the table that is the value of a key.
func (t table) sub(key string) table {
	return table{at: t.place(key), owner: t.from(key).owner, prefix: t.prefix + key + ".", m: value[map[string]any](t, key)}
}

// list returns the elements whatever way a list was written.
func (t table) list(key string) []any {
	if tables, ok := t.m[key].([]map[string]any); ok {
		var list []any
		for _, m := range tables {
			list = append(list, m)
		}
		return list
	}
	return value[[]any](t, key)
}

// text refuses what no path, argument or variable can hold.
func (t table) text(key string) string {
	s := t.str(key)
	if strings.ContainsRune(s, 0) {
		t.problem(key, "it holds a NUL byte")
		return ""
	}
	return s
}

// strings reads a list of strings.
func (t table) strings(key string) []string {
	elements := t.list(key)
	if len(elements) == 0 {
		return nil
	}
	list := make([]string, 0, len(elements))
	for i, v := range elements {
		s, ok := v.(string)
		switch {
		case !ok:
			t.problemAt(t.place(key).index(i), key, "want a list of strings, but element %d is %v", i+1, typeOf(v))
		case strings.ContainsRune(s, 0):
			t.problemAt(t.place(key).index(i), key, "element %d holds a NUL byte", i+1)
		default:
			list = append(list, s)
		}
	}
	return slices.Clip(list)
}

// stringOrList reads "a" as ["a"].
func (t table) stringOrList(key string) []string {
	if _, ok := t.m[key].(string); ok {
		return []string{t.text(key)}
	}
	return t.strings(key)
}

// integers reads a list of integers between low and high, or one integer.
func (t table) integers(key string, low, high int64) []int {
	list := t.list(key)
	if one, ok := t.m[key].(int64); ok {
		list = []any{one}
	}
	var ints []int
	for i, v := range list {
		n, ok := v.(int64)
		if !ok || n < low || n > high {
			t.problemAt(t.place(key).index(i), key, "want an integer from %d to %d as element %d", low, high, i+1)
			continue
		}
		ints = append(ints, int(n))
	}
	if t.has(key) && len(list) == 0 {
		t.problem(key, "the list is empty")
	}
	return ints
}

// integer reads an integer of at least low.
func (t table) integer(key string, low, otherwise int) int {
	n, ok := t.m[key].(int64)
	if !ok {
		return otherwise
	}
	if n < int64(low) || n > 1<<31-1 {
		t.problem(key, "%d is out of range; the least is %d", n, low)
		return otherwise
	}
	return int(n)
}

func (t table) duration(key string, otherwise time.Duration) time.Duration {
	if !t.has(key) {
		return otherwise
	}
	d, err := time.ParseDuration(t.str(key))
	switch {
	case err != nil:
		t.problem(key, `%q is no duration; write it as "90s" or "1h30m"`, t.str(key))
	case d <= 0:
		t.problem(key, `%q is not more than nothing; write it as "90s" or "1h30m"`, t.str(key))
	default:
		return d
	}
	return otherwise
}

// oneOf reads a string that has to be among the allowed ones.
func (t table) oneOf(key, otherwise string, allowed ...string) string {
	s, ok := t.m[key].(string)
	if !ok {
		return otherwise
	}
	if !slices.Contains(allowed, s) {
		t.problem(key, `%q is none of "%s"%s`, s, strings.Join(allowed, `", "`), didYouMean(s, allowed))
		return otherwise
	}
	return s
}
