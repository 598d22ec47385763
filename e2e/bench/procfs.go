package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// parseParent reads the parent from the text of /proc/PID/stat (proc_pid_stat(5)).
// The name, in parentheses, may hold anything, so the fields are counted from its end.
func parseParent(text string) (int, error) {
	_, rest, ok := cutLast(text, ")")
	fields := strings.Fields(rest)
	if !ok || len(fields) < 2 {
		return 0, fmt.Errorf("cannot read %q as a line of /proc/PID/stat", text)
	}
	return strconv.Atoi(fields[1])
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// readTree lists a process and all of its descendants.
func readTree(root int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	parents := map[int]int{}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if parent, err := parseParent(readText(fmt.Sprintf("/proc/%d/stat", pid))); err == nil {
			parents[pid] = parent
		}
	}
	return descendants(parents, root)
}

// descendants picks root and everything below it from what each one's parent is.
func descendants(parents map[int]int, root int) []int {
	var tree []int
	for pid := range parents {
		for p, steps := pid, 0; p > 0 && steps <= len(parents); p, steps = parents[p], steps+1 {
			if p == root {
				tree = append(tree, pid)
				break
			}
		}
	}
	slices.Sort(tree)
	return tree
}

// sameProgram lists those of the tree of a process that run its program: of a
// wprun its front and its supervisor, and not the commands.
func sameProgram(root int) []int {
	program := func(pid int) string {
		// An error is that of a process that is gone: it runs nothing.
		name, _ := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
		return name
	}
	own := program(root)
	return slices.DeleteFunc(readTree(root), func(pid int) bool { return own == "" || program(pid) != own })
}

// memory is the sum of a field of /proc/PID/smaps_rollup over some processes, in
// MB of a million bytes. Of Pss, a page that n processes share is 1/n of a page.
func memory(pids []int, field string) (float64, error) {
	kib := 0
	for _, pid := range pids {
		n, err := parseField(readText(fmt.Sprintf("/proc/%d/smaps_rollup", pid)), field)
		if err != nil {
			return 0, fmt.Errorf("cannot tell the memory of process %d: %w", pid, err)
		}
		kib += n
	}
	return float64(kib) * 1024 / 1e6, nil
}

// parseField reads a field in KiB from a text of lines "FIELD: N kB".
func parseField(text, field string) (int, error) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			return strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")))
		}
	}
	return 0, fmt.Errorf("there is no %s", field)
}
