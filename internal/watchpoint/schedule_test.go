package watchpoint

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// exactly takes the jitter out of the scans.
func exactly(w *Watcher) {
	for _, b := range w.bases {
		b.pace.Vary = func(d time.Duration) time.Duration { return d }
	}
}

// scanTimes lets a watcher run for a while, in the time of a synctest bubble,
// and returns when it listed its base. Each listing takes cost.
func scanTimes(t *testing.T, run, cost time.Duration, during func(base string, w *watching)) []time.Duration {
	base := t.TempDir()
	var times []time.Duration
	began := time.Now()
	recorded := func(w *Watcher) {
		w.bases[0].list = func(ctx context.Context, dir string, found func(string, fs.FileMode)) error {
			times = append(times, time.Since(began))
			time.Sleep(cost)
			return list(ctx, dir, found)
		}
	}
	w := watch(t, []Watchpoint{point(base, "x")}, refusing, exactly, recorded)
	during(base, w)
	time.Sleep(run - time.Since(began))
	synctest.Wait()
	return times
}

func TestScansBecomeRareWhileNothingChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := scanTimes(t, time.Minute, 0, func(string, *watching) {})
		last := 0 * time.Millisecond
		for i, want := range []time.Duration{0, 100, 150, 225} {
			if got := times[i] - last; got != want*time.Millisecond {
				t.Errorf("scan %d came %v after the one before, want %d ms", i, got, want)
			}
			last = times[i]
		}
		if n := len(times); times[n-1]-times[n-2] != time.Second {
			t.Errorf("the last scans are %v apart, want 1s", times[n-1]-times[n-2])
		}
	})
}

func TestScansBecomeFrequentAfterChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changed time.Duration
		times := scanTimes(t, 20*time.Second, 0, func(base string, w *watching) {
			time.Sleep(9500 * time.Millisecond)
			must(t, os.Mkdir(dirOf(base, "x"), 0o777))
			began := time.Now()
			w.expect(StringKey("x"), true)
			changed = 9500*time.Millisecond + time.Since(began)
		})
		i := slices.Index(times, changed)
		if i < 0 {
			t.Fatalf("the change was seen at %v, but not by a scan: %v", changed, times)
		}
		if apart := times[i+1] - times[i]; apart != 100*time.Millisecond {
			t.Errorf("the scan after the change came %v later, want 100ms", apart)
		}
	})
}

func TestScansTakeATwentiethOfTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		times := scanTimes(t, time.Minute, 200*time.Millisecond, func(_ string, w *watching) {
			for range 100 {
				w.watcher.poke()
				time.Sleep(100 * time.Millisecond)
			}
		})
		for i := 1; i < len(times); i++ {
			if apart := times[i] - times[i-1]; apart < 21*200*time.Millisecond {
				t.Errorf("scans that cost 200ms are %v apart", apart)
			}
		}
		if len(times) < 5 {
			t.Errorf("only %d scans in a minute", len(times))
		}
	})
}

func TestHungBaseDelaysNeitherOthersNorTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		bad, good := t.TempDir(), t.TempDir()
		ctx, cancel := context.WithCancel(t.Context())
		w := &watching{t: t, news: make(chan struct{}, 1), present: make(map[Key]bool)}
		watcher := NewWatcher(WatcherConfig{List: []Watchpoint{point(bad, "x"), point(good, "y")}, Warn: w.warn})
		refusing(watcher)
		watcher.bases[0].list = func(context.Context, string, func(string, fs.FileMode)) error {
			<-release
			return errors.New("too late")
		}
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if err := watcher.Run(ctx, w.report); err != nil {
				t.Error(err)
			}
		}()
		must(t, os.Mkdir(dirOf(good, "y"), 0o777))
		time.Sleep(firstLimit + time.Second)
		synctest.Wait()
		if !w.has(StringKey("y")) {
			t.Error("the other base was not reported")
		}
		must(t, os.Remove(dirOf(good, "y")))
		time.Sleep(answerLimit)
		synctest.Wait()
		if w.has(StringKey("y")) {
			t.Error("the other base is not followed")
		}
		if told := strings.Join(w.told(), "\n"); strings.Count(told, "has not answered for 30s") != 1 || !strings.Contains(told, bad) {
			t.Errorf("warned %q, want one line about %q", told, bad)
		}
		cancel()
		time.Sleep(closeLimit)
		synctest.Wait()
		select {
		case <-ended:
		default:
			t.Error("Run waits for a file system that does not answer")
		}
	})
}
