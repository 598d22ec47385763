package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// followed is what is reported of a service within a time.
func followed(t *testing.T, spec Spec, target Target, alive Alive, lasts time.Duration) *hearing {
	t.Helper()
	h := &hearing{start: time.Now()}
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	spec.Follow(ctx, target, alive, h.report())
	return h
}

func TestFollowTellsOfReadiness(t *testing.T) {
	absent := Spec{Kind: Path, Path: "/nowhere/at/all", Timeout: 20 * ms}
	tests := []struct {
		name string
		spec Spec
		want []string
	}{
		{"none", Spec{}, []string{"0s ready"}},
		{"started", Spec{Kind: Started}, []string{"0s ready"}},
		{"self", Spec{Kind: Self}, nil},
		{"path", Spec{Kind: Path, Path: "/"}, []string{"0s ready"}},
		{"never", absent, []string{"20ms not ready: not ready after 20ms: path /nowhere/at/all: no such file or directory (3 tries)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				followed(t, tt.spec, Target{}, Alive{}, s).expect(t, tt.want...)
			})
		})
	}
}

func TestFollowSaysNothingAfterItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		followed(t, Spec{Kind: Path, Path: "/nowhere/at/all"}, Target{}, Alive{}, 0).expect(t)
	})
}

// lives plays tries of alive: an answer for each.
func lives(t *testing.T, alive Alive, paused clock, counts bool, answers ...error) *hearing {
	t.Helper()
	h := &hearing{start: time.Now()}
	ctx, cancel := context.WithCancel(t.Context())
	alive.repeat(ctx, paused, counts, h.report().Unwell, func(context.Context) error {
		if len(answers) == 1 {
			cancel()
		}
		answer := answers[0]
		answers = answers[1:]
		return answer
	})
	return h
}

func TestAliveCountsFailuresInARow(t *testing.T) {
	bad := errors.New("bad")
	tests := []struct {
		name    string
		alive   Alive
		counts  bool
		answers []error
		want    []string
	}{
		{"two are not enough", Alive{}, true, []error{bad, bad, nil, bad, bad, nil}, nil},
		{"three are", Alive{}, true, []error{nil, bad, bad, bad, nil}, []string{"40s unwell: not alive: bad (3 tries in a row)"}},
		{"and again", Alive{}, true, []error{bad, bad, bad, bad, bad, bad, nil}, []string{
			"30s unwell: not alive: bad (3 tries in a row)", "1m0s unwell: not alive: bad (3 tries in a row)",
		}},
		{"one is, as declared", Alive{Failures: 1, Spec: Spec{Interval: s}}, true, []error{nil, bad, nil}, []string{"2s unwell: not alive: bad (1 try in a row)"}},
		{"before the first success", Alive{}, false, []error{bad, bad, bad, bad, nil, bad, bad, bad, nil}, []string{"1m20s unwell: not alive: bad (3 tries in a row)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				lives(t, tt.alive, nil, tt.counts, tt.answers...).expect(t, tt.want...)
			})
		})
	}
}

// A failure while the run is paused says nothing: the service is paused too.
func TestAliveForgivesWhatFailsInAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hearing{start: time.Now()}
		paused := pausedAt([2]time.Duration{11 * s, 14 * s})
		ctx, cancel := context.WithCancel(t.Context())
		tries := 0
		Alive{Failures: 1}.repeat(ctx, paused.total, true, h.report().Unwell, func(context.Context) error {
			if tries++; tries == 2 {
				cancel()
			}
			time.Sleep(2 * s)
			return errors.New("bad")
		})
		if tries != 2 {
			t.Errorf("%d tries", tries)
		}
		h.expect(t)
	})
}

func TestATryOfAliveThatHangsHasFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &hearing{start: time.Now()}
		ctx, cancel := context.WithTimeout(t.Context(), 50*s)
		defer cancel()
		Alive{Spec: Spec{Timeout: 2 * s}}.repeat(ctx, nil, true, h.report().Unwell, func(ctx context.Context) error {
			<-ctx.Done()
			return errors.New("no answer")
		})
		h.expect(t, "36s unwell: not alive: no answer (3 tries in a row)")
	})
}

// A hundred services that became ready one after the other wake this program up as
// often as a few; commands would stand in each other's way.
func TestAliveTriesTogether(t *testing.T) {
	for kind, most := range map[Kind]int{TCP: 2, HTTP: 2, Path: 2, Exec: 100} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), 15*s)
			defer cancel()
			var mu sync.Mutex
			moments := map[time.Duration]bool{}
			var all sync.WaitGroup
			for range 100 {
				time.Sleep(ms)
				all.Go(func() {
					Alive{Spec: Spec{Kind: kind}}.repeat(ctx, nil, true, nil, func(context.Context) error {
						mu.Lock()
						defer mu.Unlock()
						moments[time.Since(start)] = true
						return nil
					})
				})
			}
			all.Wait()
			if n := len(moments); n == 0 || n > most || kind == Exec && n < most {
				t.Errorf("%s: tries at %d moments, at most %d expected", kind, n, most)
			}
		})
	}
}

// TestAliveOfRealServices has each kind go bad.
func TestAliveOfRealServices(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var sick atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if sick.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	tests := []struct {
		spec Spec
		fail func()
		want string
	}{
		{Spec{Kind: TCP, TCP: listener.Addr().String()}, func() { _ = listener.Close() }, "connection refused (2 tries in a row)"},
		{Spec{Kind: HTTP, HTTP: server.URL}, func() { sick.Store(true) }, ": answered 503 (2 tries in a row)"},
		{sh("test -f file"), func() { _ = os.Remove(file) }, "exec /bin/sh -c test -f file: exit status 1 (2 tries in a row)"},
		{Spec{Kind: Path, Path: dir + "/x"}, func() {}, "no such file or directory (2 tries in a row)"},
	}
	for _, tt := range tests {
		t.Run(string(tt.spec.Kind), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			alive := Alive{Spec: tt.spec, Failures: 2}
			alive.Interval = ms
			why := make(chan string, 1)
			Spec{}.Follow(ctx, Target{Dir: dir, Env: []string{"PATH=/bin:/usr/bin"}}, alive, Report{
				Ready: func(string) { tt.fail() },
				Unwell: func(text string) {
					select {
					case why <- text:
					default:
					}
					cancel()
				},
			})
			if got := <-why; !strings.HasPrefix(got, "not alive: "+tt.spec.String()) || !strings.HasSuffix(got, tt.want) {
				t.Errorf("unwell: %q, want %q", got, tt.want)
			}
		})
	}
}

// BenchmarkFollow tells what a service costs that listens at once.
func BenchmarkFollow(b *testing.B) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_ = conn.Close()
		}
	}()
	for _, address := range []string{listener.Addr().String(), "127.0.0.1:1"} {
		spec := Spec{Kind: TCP, TCP: address}
		try := spec.connector()
		b.Run(fmt.Sprint("to ", address), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = clock(nil).within(b.Context(), s, try)
			}
		})
	}
}
