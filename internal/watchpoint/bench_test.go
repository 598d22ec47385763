package watchpoint

import (
	"fmt"
	"os"
	"testing"
)

// benchWatch watches a base with that many watchpoints, all but the first
// present.
func benchWatch(b *testing.B, many int) (*watching, string) {
	b.Helper()
	base := b.TempDir()
	list := make([]Watchpoint, many)
	for i := range list {
		list[i] = point(base, fmt.Sprintf("k%d", i))
		if i > 0 {
			must(b, os.Mkdir(dirOf(base, list[i].name()), 0o777))
		}
	}
	return watch(b, list), base
}

// From mkdir to the report of it, with the mkdir.
func BenchmarkEventToReport(b *testing.B) {
	for _, many := range []int{1, 10_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			w, base := benchWatch(b, many)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%2 == 0 {
					must(b, os.Mkdir(dirOf(base, "k0"), 0o777))
				} else {
					must(b, os.Remove(dirOf(base, "k0")))
				}
				w.expect(StringKey("k0"), i%2 == 0)
			}
		})
	}
}

func BenchmarkScan(b *testing.B) {
	for _, many := range []int{1, 1_000, 10_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			w, _ := benchWatch(b, many)
			scanned := newBase(w.watcher.bases[0].path, newOutbox())
			for _, e := range w.watcher.bases[0].entries {
				scanned.want(e.name, e.keys[0])
			}
			b.ReportAllocs()
			for b.Loop() {
				scanned.scan(b.Context())
			}
		})
	}
}
