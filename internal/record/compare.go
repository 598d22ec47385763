package record

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// differences are the reasons to run a task whose world was old and is now, in
// the order of AllKinds. Outputs are compared elsewhere.
func differences(t Task, old, now *Record) []string {
	var all []string
	for _, kind := range AllKinds {
		if compare[kind] != nil && counts(t, kind) {
			all = append(all, compare[kind](old, now)...)
		}
	}
	return all
}

func counts(t Task, k Kind) bool { return t.Kinds == nil || slices.Contains(t.Kinds, k) }

// compare has no Outputs: those of the record are compared with the files.
var compare = map[Kind]func(old, now *Record) []string{
	Command: func(old, now *Record) []string {
		if slices.Equal(old.Command, now.Command) {
			return nil
		}
		before, after := line(old.Command), line(now.Command)
		if before == after {
			before, after = fmt.Sprintf("%q", old.Command), fmt.Sprintf("%q", now.Command)
		}
		return []string{fmt.Sprintf("command changed: %s -> %s", before, after)}
	},
	Dir: func(old, now *Record) []string {
		if old.Dir == now.Dir {
			return nil
		}
		return []string{fmt.Sprintf("dir changed: %s -> %s", old.Dir, now.Dir)}
	},
	Env:      func(old, now *Record) []string { return compareMaps("env %s", old.Env, now.Env) },
	Inputs:   func(old, now *Record) []string { return compareFiles("input", old.Inputs, now.Inputs) },
	Upstream: func(old, now *Record) []string { return compareMaps("what comes from %s", old.Upstream, now.Upstream) },
}

// InputIn is the path of the input that a reason of a Verdict is about, as records
// have it.
func InputIn(reason string) (path string, ok bool) {
	if reason, ok = strings.CutPrefix(reason, "input "); ok {
		_, path, ok = strings.Cut(reason, ": ")
	}
	if ok {
		path, err := fromPlain(path)
		return path, err == nil
	}
	return "", false
}

// UpstreamIn is the task whose outputs have changed by a reason of a Verdict, unless
// it is one of many.
func UpstreamIn(reason string) (task string, ok bool) {
	reason, about := strings.CutPrefix(reason, "what comes from ")
	task, changed := strings.CutSuffix(reason, " changed")
	return task, about && changed && !strings.Contains(task, " ")
}

// line is a command on one line; of sh -c LINE it is the line.
func line(argv []string) string {
	text := strings.Join(argv, " ")
	if len(argv) == 3 && argv[1] == "-c" {
		text = argv[2]
	}
	return fmt.Sprintf("%q", text)
}

func compareMaps(what string, old, now map[string]string) []string {
	var all []string
	names := slices.Concat(slices.Collect(maps.Keys(old)), slices.Collect(maps.Keys(now)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		before, had := old[name]
		after, has := now[name]
		switch {
		case !had:
			all = append(all, fmt.Sprintf(what+" added", name))
		case !has:
			all = append(all, fmt.Sprintf(what+" removed", name))
		case before != after:
			all = append(all, fmt.Sprintf(what+" changed", name))
		}
	}
	return all
}

// compareFiles goes through two sorted lists.
func compareFiles(what string, old, now []Entry) []string {
	var all []string
	before, after := old, now
	for len(old)+len(now) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = +1
		case len(now) == 0:
			order = -1
		default:
			order = strings.Compare(old[0].Path, now[0].Path)
		}
		switch {
		case order < 0:
			if !alsoIn(old[0], after) {
				all = append(all, what+" removed: "+plain(old[0].Path))
			}
			old = old[1:]
		case order > 0:
			if !alsoIn(now[0], before) {
				all = append(all, what+" added: "+plain(now[0].Path))
			}
			now = now[1:]
		default:
			if old[0].Hash != now[0].Hash {
				all = append(all, what+" changed: "+plain(now[0].Path))
			}
			old, now = old[1:], now[1:]
		}
	}
	return all
}

// alsoIn says that an entry is a directory, listed itself as it is empty, of which
// another list has what is in it.
func alsoIn(e Entry, other []Entry) bool {
	if e.Hash != emptyDirectory {
		return false
	}
	i, _ := slices.BinarySearchFunc(other, e.Path+"/", func(e Entry, path string) int { return strings.Compare(e.Path, path) })
	return i < len(other) && strings.HasPrefix(other[i].Path, e.Path+"/")
}
