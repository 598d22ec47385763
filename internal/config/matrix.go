package config

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Axis is one value of an instance of a matrix task.
type Axis struct{ Name, Value string }

// maxInstances is how many all matrices may make.
const maxInstances = 100_000

// matrix is the combinations of values while they are read.
type matrix struct {
	table
	names     []string // of the axes, in the order of the file
	values    map[string][]string
	instances [][]Axis
	seen      map[string]bool
}

// readMatrix returns the values of each instance; none after it has reported a
// problem.
func readMatrix(t table) [][]Axis {
	m := matrix{table: t.sub("matrix"), values: map[string][]string{}, seen: map[string]bool{}}
	refused := len(t.loader().list)
	for _, name := range t.source().matrixKeys(m.at) {
		if m.given(name) && name != "exclude" && name != "include" {
			m.readAxis(name)
		}
	}
	if len(m.names) == 0 {
		t.problem("matrix", "it has no axis; write it as { shard = [0, 1, 2] }")
	}
	excluded, included := m.entries("exclude", false), m.entries("include", true)
	if len(t.loader().list) > refused || !m.product(excluded) {
		return nil
	}
	for i, instance := range included {
		if !m.add(instance) {
			m.problemAt(m.place("include").index(i), "include", "element %d is there already", i+1)
		}
	}
	if len(m.instances) == 0 && len(t.loader().list) == refused {
		t.problem("matrix", "no combination is left")
	}
	if len(t.loader().list) > refused {
		return nil
	}
	return m.instances
}

func (m *matrix) readAxis(name string) {
	for _, other := range m.names {
		if MatrixVariable(other) == MatrixVariable(name) {
			m.problem(name, "its values and those of %q would be in one variable, %s", other, MatrixVariable(name))
		}
	}
	if !isWord(name) {
		m.problem(name, "an axis has letters, digits, '.', '_' and '-' in its name")
	}
	m.names = append(m.names, name)
	list, ok := m.m[name].([]any)
	if !ok || len(list) == 0 {
		m.problem(name, "want a list of values")
		return
	}
	seen := map[string]bool{}
	for i, v := range list {
		at := m.place(name).index(i)
		value, ok := m.value(at, name, v)
		if ok && seen[value] {
			m.problemAt(at, name, "the value %s is there twice", value)
		}
		seen[value] = true
		m.values[name] = append(m.values[name], value)
	}
}

// value is how a value reads in the names of instances.
func (m *matrix) value(at place, key string, v any) (string, bool) {
	var s string
	switch v := v.(type) {
	case string:
		s = v
	case int64:
		s = strconv.FormatInt(v, 10)
	case float64:
		s = strings.ReplaceAll(strconv.FormatFloat(v, 'g', -1, 64), "+", "")
	case bool:
		s = strconv.FormatBool(v)
	default:
		m.problemAt(at, key, "want values that are strings, numbers or booleans, got %v", typeOf(v))
		return "", false
	}
	if !isWord(s) {
		m.problemAt(at, key, "a value has letters, digits, '.', '_' and '-', and %q does not", s)
		return "", false
	}
	return s, true
}

func isWord(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
	})
}

// entries reads exclude or include. Those of include have a value for each axis,
// those of exclude values that the axes have.
func (m *matrix) entries(key string, whole bool) [][]Axis {
	if m.given(key) && typeOf(m.m[key]) != aList {
		m.problem(key, "want a list of tables, one for each combination")
	}
	var list [][]Axis
	for i, v := range m.list(key) {
		at := m.place(key).index(i)
		values, ok := v.(map[string]any)
		if !ok || len(values) == 0 {
			m.problemAt(at, key, "want a table of values as element %d", i+1)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if !slices.Contains(m.names, name) {
				m.problemAt(at, key, "there is no axis %q%s", name, didYouMean(name, m.names))
			}
		}
		list = append(list, m.entry(at, key, values, whole))
	}
	return list
}

func (m *matrix) entry(at place, key string, values map[string]any, whole bool) []Axis {
	var entry []Axis
	for _, name := range m.names {
		v, given := values[name]
		if !given && whole {
			m.problemAt(at, key, "it has no value for %q", name)
		}
		if !given {
			continue
		}
		value, ok := m.value(at, key, v)
		if ok && !whole && !slices.Contains(m.values[name], value) {
			m.problemAt(at, key, "%q has no value %q%s", name, value, didYouMean(value, m.values[name]))
		}
		entry = append(entry, Axis{name, value})
	}
	return entry
}

// product adds the combinations, the last axis counting fastest.
func (m *matrix) product(excluded [][]Axis) bool {
	n := 1
	for _, name := range m.names {
		if n *= len(m.values[name]); n+m.loader().instances > maxInstances {
			m.problem(name, "it makes more combinations than the %d that all tasks together may have", maxInstances)
			return false
		}
	}
	for i := range n {
		instance := make([]Axis, len(m.names))
		for j, rest := len(m.names)-1, i; j >= 0; j-- {
			values := m.values[m.names[j]]
			instance[j] = Axis{m.names[j], values[rest%len(values)]}
			rest /= len(values)
		}
		if !slices.ContainsFunc(excluded, func(e []Axis) bool { return covers(e, instance) }) {
			m.add(instance)
		}
	}
	return true
}

// covers says that an instance has all the values.
func covers(values, instance []Axis) bool {
	for _, v := range values {
		if !slices.Contains(instance, v) {
			return false
		}
	}
	return true
}

// add returns false for an instance that is there already.
func (m *matrix) add(instance []Axis) bool {
	name := instanceName("", instance)
	if m.seen[name] {
		return false
	}
	m.seen[name] = true
	m.instances = append(m.instances, instance)
	return true
}

// instanceName is how an instance is called: test[os=linux,shard=0].
func instanceName(group string, values []Axis) string {
	var b strings.Builder
	b.WriteString(group)
	for i, v := range values {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(v.Name)
		b.WriteByte('=')
		b.WriteString(v.Value)
	}
	b.WriteByte(']')
	return b.String()
}

// MatrixVariable is the environment variable that tells an instance its value on
// an axis.
func MatrixVariable(axis string) string { return matrixPrefix + capitals(axis) }

const matrixPrefix = "WPRUN_MATRIX_"
