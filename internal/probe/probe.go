// Package probe finds out when a service is ready, and how it is from then on.
package probe

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Kind says what makes a service ready.
type Kind string

const (
	// Started is ready as soon as the command has been started; it is also what
	// a Spec without a Kind means.
	Started Kind = "started"
	// Self leaves it to the command, which makes its own watchpoint.
	Self Kind = "self"
	// TCP is ready when Spec.TCP accepts a connection.
	TCP Kind = "tcp"
	// HTTP is ready when a GET of Spec.HTTP answers with an expected status.
	HTTP Kind = "http"
	// Exec is ready when the command Spec.Exec exits 0.
	Exec Kind = "exec"
	// Path is ready when Spec.Path exists.
	Path Kind = "path"
	// Log is ready when a line of the service's output matches Spec.Log.
	Log Kind = "log"
	// Notify is ready when the service says so, as sd_notify(3) does.
	Notify Kind = "notify"
)

// What a Spec means where it says 0.
const (
	DefaultInterval = time.Second
	DefaultTimeout  = time.Minute
)

// Spec is a readiness probe as declared. Only the field of its Kind is read.
type Spec struct {
	Kind Kind
	// TCP is host:port; without a host it is this machine.
	TCP string
	// HTTP is the address of a GET.
	HTTP string
	// Status lists the status codes of HTTP that mean ready; empty is any 2xx.
	Status []int
	// Exec is a command, looked up in PATH of Target.Env.
	Exec []string
	// Path is absolute.
	Path string
	// Log is matched by whoever reads the output; see Target.Matched.
	Log *regexp.Regexp
	// Interval is the longest pause between two tries; 0 is DefaultInterval.
	Interval time.Duration
	// Timeout limits the whole wait; 0 is DefaultTimeout.
	Timeout time.Duration
	// Watchdog is how often a service of kind Notify has to send WATCHDOG=1 once
	// it is ready; 0 is never.
	Watchdog time.Duration
}

// Target is the service that is probed.
type Target struct {
	// Dir and Env (all of it, "K=V") are those of a command of kind Exec.
	Dir string
	Env []string
	// Matched is closed, or sent to, when a line of the output matched Log.
	Matched <-chan struct{}
	// Notify brings what the service sends to the Listener made for it.
	Notify <-chan string
	// Paused is how long the run has been paused so far, in all; no time limit
	// of a probe counts it. Nil is never.
	Paused func() time.Duration
}

// String names the probe for messages: "http http://127.0.0.1:8080/healthz".
func (s Spec) String() string {
	switch s.Kind {
	case TCP:
		return "tcp " + s.TCP
	case HTTP:
		return "http " + s.address()
	case Exec:
		return "exec " + strings.Join(s.Exec, " ")
	case Path:
		return "path " + s.Path
	case Log:
		return fmt.Sprintf("log %q", s.pattern())
	case "":
		return string(Started)
	}
	return string(s.Kind)
}

func (s Spec) pattern() string {
	if s.Log == nil {
		return ""
	}
	return s.Log.String()
}

// Ask runs a command that answers a question once. It returns nil for yes, exit
// code 0, and else what the command did; after limit, or when ctx ends, it is
// killed.
func Ask(ctx context.Context, argv []string, limit time.Duration, t Target) error {
	_, err := clock(t.Paused).within(ctx, limit, func(ctx context.Context) error {
		return Spec{Kind: Exec, Exec: argv}.run(ctx, t)
	})
	return err
}
