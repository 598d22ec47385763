package config

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// readInstances reads a task once for each combination of its matrix. A task
// whose matrix is wrong is read without it, for the sake of its other mistakes.
func (s *source) readInstances(group string, t table) []*declared {
	var list []*declared
	for _, values := range readMatrix(t) {
		name := instanceName(group, values)
		if err := checkName(name); err != nil {
			s.l.problem(t.place("matrix"), "%v", err)
			break
		}
		d := &declared{Process: &Process{Name: name, Group: group, Matrix: values}, table: fillIn(t, values)}
		d.readFields()
		d.Env = merge(d.Env, variables(values))
		d.ownByGroup()
		list = append(list, d)
	}
	if len(list) > 0 {
		s.l.instances += len(list)
		return list
	}
	s.l.broken = true
	d := &declared{Process: &Process{Name: group}, table: t}
	d.readFields()
	return []*declared{d}
}

func variables(values []Axis) []variable {
	var list []variable
	for _, v := range values {
		list = append(list, variable{MatrixVariable(v.Name), v.Value})
	}
	return list
}

// ownByGroup takes what a task signals by the name of its table for the
// watchpoint of the instance.
func (d *declared) ownByGroup() {
	for i, s := range d.signals {
		if s.text == d.Group {
			d.signals[i].ref = d.table.loader().stringRef(d.Name, s.at)
		}
	}
}

// filledIn are the keys in which $WPRUN_MATRIX_NAME stands for a value, since no
// shell reads them.
var filledIn = []string{"dir", "inputs", "outputs", "log", "waits_on", "signals"}

var matrixReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\$(?:` + matrixPrefix + `([A-Za-z0-9_]+)|\{` + matrixPrefix + `([A-Za-z0-9_]+)\})`)
})

// fillIn is the table of an instance.
func fillIn(t table, values []Axis) table {
	f := filler{t: t, values: map[string]string{}}
	for _, v := range values {
		f.values[MatrixVariable(v.Name)] = v.Value
	}
	filled := make(map[string]any, len(t.m))
	for key, v := range t.m {
		if slices.Contains(filledIn, key) {
			v = f.fill(key, v)
		}
		filled[key] = v
	}
	t.m = filled
	return t
}

type filler struct {
	t      table
	values map[string]string // by variable
}

func (f filler) fill(key string, v any) any {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, matrixPrefix) {
			return matrixReference().ReplaceAllStringFunc(v, func(s string) string { return f.value(key, s) })
		}
	case []any:
		list := make([]any, 0, len(v))
		for _, element := range v {
			list = append(list, f.fill(key, element))
		}
		return list
	case []map[string]any:
		list := make([]any, 0, len(v))
		for _, element := range v {
			list = append(list, f.fill(key, element))
		}
		return list
	case map[string]any:
		filled := make(map[string]any, len(v))
		for name, element := range v {
			filled[name] = f.fill(key, element)
		}
		return filled
	}
	return v
}

// value is what a reference, with its dollar and braces, stands for.
func (f filler) value(key, reference string) string {
	name := strings.Trim(reference, "${}")
	value, ok := f.values[name]
	if !ok {
		f.t.problem(key, "no axis of the matrix is in %s", name)
		return "none"
	}
	return value
}
