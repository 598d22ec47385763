package cli

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
)

// Only what somebody does on purpose is a second request, which kills.
func TestRequests(t *testing.T) {
	interrupt := func(r *requests) { r.heard(syscall.SIGINT) }
	hangUp := func(r *requests) { r.heard(syscall.SIGHUP) }
	pipe := func(r *requests) { r.unwritable(fmt.Errorf("write: %w", syscall.EPIPE)) }
	disk := func(r *requests) { r.unwritable(syscall.ENOSPC) }
	for name, tt := range map[string]struct {
		what     []func(*requests)
		requests int
		cause    syscall.Signal
		lost     error
	}{
		"Ctrl-C":                         {[]func(*requests){interrupt}, 1, syscall.SIGINT, nil},
		"Ctrl-C twice":                   {[]func(*requests){interrupt, interrupt}, 2, syscall.SIGINT, nil},
		"Ctrl-C ends the reader too":     {[]func(*requests){interrupt, pipe}, 1, syscall.SIGINT, nil},
		"closing terminal":               {[]func(*requests){hangUp, hangUp, disk}, 1, syscall.SIGHUP, nil},
		"closing terminal, written late": {[]func(*requests){disk, hangUp, hangUp}, 1, 0, syscall.ENOSPC},
		"reader goes away":               {[]func(*requests){pipe}, 1, syscall.SIGPIPE, nil},
		"reader goes away, then Ctrl-C":  {[]func(*requests){pipe, interrupt}, 2, syscall.SIGPIPE, nil},
		"full disk, then Ctrl-C":         {[]func(*requests){disk, interrupt}, 2, 0, syscall.ENOSPC},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRequests()
			for _, happens := range tt.what {
				happens(r)
			}
			if len(r.C) != tt.requests || r.cause() != tt.cause || !errors.Is(r.lost(), tt.lost) {
				t.Errorf("%d requests, cause %v, lost %v; want %d, %v, %v",
					len(r.C), r.cause(), r.lost(), tt.requests, tt.cause, tt.lost)
			}
		})
	}
}
