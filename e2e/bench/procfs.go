package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of the times in /proc/PID/stat, USER_HZ, which is 100 on
// every Linux that Go runs on.
const tick = 10 * time.Millisecond

// usage is what a process has used since its start, its children not counted.
type usage struct {
	parent int
	cpu    time.Duration
}

// parseStat reads the text of /proc/PID/stat (proc_pid_stat(5)). The name, in
// parentheses, may hold anything, so the fields are counted from its end.
func parseStat(text string) (usage, error) {
	_, rest, ok := cutLast(text, ")")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 13 {
		return usage{}, fmt.Errorf("cannot read %q as a line of /proc/PID/stat", text)
	}
	parent, err1 := strconv.Atoi(fields[1])
	user, err2 := strconv.Atoi(fields[11])
	system, err3 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil || err3 != nil {
		return usage{}, fmt.Errorf("cannot read the numbers of %q", text)
	}
	return usage{parent: parent, cpu: time.Duration(user+system) * tick}, nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// readTree is the usage of a process and all of its descendants, by pid.
func readTree(root int) map[int]usage {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	all := map[int]usage{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if u, err := parseStat(readText(fmt.Sprintf("/proc/%d/stat", pid))); err == nil {
			all[pid] = u
		}
	}
	return descendants(all, root)
}

// descendants picks root and everything below it.
func descendants(all map[int]usage, root int) map[int]usage {
	tree := map[int]usage{}
	for pid, u := range all {
		for p, steps := pid, 0; p > 0 && steps <= len(all); p, steps = all[p].parent, steps+1 {
			if p == root {
				tree[pid] = u
				break
			}
		}
	}
	return tree
}

// used is the CPU time between two looks at a tree. A process that began in
// between counts whole.
func used(before, after map[int]usage) time.Duration {
	var sum time.Duration
	for pid, u := range after {
		sum += u.cpu - before[pid].cpu
	}
	return sum
}

// resident is the sum of the resident memory of the processes, in MB of a
// million bytes. Pages that two of them share count twice.
func resident(tree map[int]usage) float64 {
	kib := 0
	for pid := range tree {
		kib += parseResident(readText(fmt.Sprintf("/proc/%d/status", pid)))
	}
	return float64(kib) * 1024 / 1e6
}

// parseResident reads VmRSS, in KiB, from the text of /proc/PID/status; 0 if it
// is not there.
func parseResident(status string) int {
	for line := range strings.Lines(status) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, _ := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
			return kib
		}
	}
	return 0
}
