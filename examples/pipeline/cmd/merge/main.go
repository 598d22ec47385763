// Merge adds up the results of count.
//
//	merge FILE...
//
// It prints lines of "KIND<tab>NAME<tab>NUMBER", sorted by kind and within a
// kind the largest number first.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: merge FILE...")
		os.Exit(2)
	}
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "merge:", err)
		os.Exit(1)
	}
}

func run(files []string, w io.Writer) error {
	sums := map[entry]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("cannot read a result: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			e, n, err := parse(line)
			if err != nil {
				return fmt.Errorf("cannot use %q: %w", file, err)
			}
			sums[e] += n
		}
	}
	return write(w, sums)
}

type entry struct{ kind, name string }

// parse reads one line; a line without its newline was cut short.
func parse(line string) (entry, int, error) {
	whole, ok := strings.CutSuffix(line, "\n")
	fields := strings.Split(whole, "\t")
	if !ok || len(fields) != 3 {
		return entry{}, 0, fmt.Errorf("cannot read line %q", line)
	}
	n, err := strconv.Atoi(fields[2])
	if err != nil {
		return entry{}, 0, fmt.Errorf("cannot read line %q: %w", line, err)
	}
	return entry{fields[0], fields[1]}, n, nil
}

func write(w io.Writer, sums map[entry]int) error {
	entries := make([]entry, 0, len(sums))
	for e := range sums {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(
			cmp.Compare(a.kind, b.kind),
			cmp.Compare(sums[b], sums[a]),
			cmp.Compare(a.name, b.name))
	})
	out := bufio.NewWriter(w)
	for _, e := range entries {
		fmt.Fprintf(out, "%s\t%s\t%d\n", e.kind, e.name, sums[e])
	}
	return out.Flush()
}
