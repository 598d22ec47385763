package config

// pathVariables are those that tell commands the paths of watchpoints, by numbers from 1.
type pathVariables struct {
	numbers map[string]int
	text    []byte
	// of the process that is looked at, by number
	holders []holder
}

// holder is the key whose path a process has in a variable.
type holder struct {
	of  *declared
	key *key
}

// checkPaths refuses two keys of one process whose paths would reach it in one
// variable.
func (l *loader) checkPaths() {
	v := pathVariables{numbers: make(map[string]int, len(l.points)), holders: make([]holder, 1, len(l.points)+1)}
	for _, d := range l.processes {
		if l.pathsMeet(d, &v) {
			l.refusePaths(d)
		}
	}
}

// pathsMeet looks at numbers alone: what a process waits on is all of a large file.
func (l *loader) pathsMeet(d *declared, v *pathVariables) bool {
	own := v.of(d.own)
	if d.Group != "" {
		own = v.number(d.Group)
	}
	v.holders[own] = holder{d, d.own}
	for k := range d.mentioned {
		if l.manyInstances(k) {
			continue
		}
		n := v.of(k)
		if k == d.own {
			n = own
		}
		if h := v.holders[n]; h.of == d && h.key != k {
			return true
		}
		v.holders[n] = holder{d, k}
	}
	return false
}

func (v *pathVariables) of(k *key) int {
	if k.variable == 0 {
		k.variable = v.number(k.text)
	}
	return k.variable
}

func (v *pathVariables) number(name string) int {
	v.text = appendCapitals(v.text[:0], name)
	n, known := v.numbers[string(v.text)]
	if !known {
		n = len(v.holders)
		v.numbers[string(v.text)] = n
		v.holders = append(v.holders, holder{})
	}
	return n
}

func (l *loader) refusePaths(d *declared) {
	own := PathVariable{pathVariable(d.called()), d.Name}
	byVariable := map[string]string{own.Name: own.Key}
	for _, r := range d.mentions() {
		if l.manyInstances(r.key) {
			continue
		}
		v := PathVariable{pathVariable(r.text), r.text}
		if r.key == d.own {
			v = own
		}
		other, taken := byVariable[v.Name]
		if taken && other != v.Key {
			l.problem(r.at, "cannot give %v the paths of %q and %q: both would be %s", d, other, v.Key, v.Name)
		}
		byVariable[v.Name] = v.Key
	}
}

// manyInstances says that a key, or the key of which it is the twin, stands for
// more than one watchpoint.
func (l *loader) manyInstances(k *key) bool {
	return k.bare.point == nil && len(l.instancesOf(k)) > 0
}

// instancesOf are those that a key, or the key of which it is the twin, stands for;
// nil if it stands for itself.
func (l *loader) instancesOf(k *key) []string {
	if bare := k.bare; !bare.looked {
		bare.looked, bare.instances = true, l.groups.named(bare.text)
	}
	return k.bare.instances
}

// namesOf are the keys that a process mentions itself, but for those that stand for
// instances.
func (l *loader) namesOf(d *declared) []string {
	var names []string
	for k := range d.mentioned {
		if !l.manyInstances(k) {
			names = append(names, k.text)
		}
	}
	return names
}

func pathVariable(key string) string { return "WPRUN_PATH_" + capitals(key) }

// capitals is a name in capitals, with "_" for whatever is neither letter nor
// digit.
func capitals(name string) string { return string(appendCapitals(nil, name)) }

func appendCapitals(to []byte, name string) []byte {
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z':
			r += 'A' - 'a'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		default:
			r = '_'
		}
		to = append(to, byte(r))
	}
	return to
}
