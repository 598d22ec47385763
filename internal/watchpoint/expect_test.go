package watchpoint

import (
	"os"
	"path/filepath"
	"testing"
)

// What the caller makes itself is no news when it comes, by an event or by a
// scan, but is when it goes.
func TestExpectedIsNewsOnlyWhenItGoes(t *testing.T) {
	for name, prepare := range map[string]func(*Watcher){
		"events": func(*Watcher) {},
		"scans":  refusing,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			own, other := StringKey("own"), StringKey("other")
			w := watch(t, []Watchpoint{{Key: own, Base: dir}, {Key: other, Base: dir}}, prepare)
			for range 3 {
				w.watcher.Expect(own)
				must(t, os.Mkdir(filepath.Join(dir, "own.watch"), 0o700))
				must(t, os.Mkdir(filepath.Join(dir, "other.watch"), 0o700))
				w.expect(other, true)
				w.expect(own, false)
				// So that the next report of own is not taken for a repetition.
				w.mu.Lock()
				w.present[own] = true
				w.mu.Unlock()
				must(t, os.Remove(filepath.Join(dir, "own.watch")))
				w.expect(own, false)
				must(t, os.Remove(filepath.Join(dir, "other.watch")))
				w.expect(other, false)
			}
		})
	}
}
