package config

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wprun/internal/probe"
)

// aliveKinds are the keys of alive of which one has to be there, and readyKinds
// those of ready.
var (
	aliveKinds = []string{"tcp", "http", "exec", "path"}
	readyKinds = []string{"tcp", "http", "exec", "log", "path", "notify"}
)

// readReady returns a Spec that is ready once started where there is no ready.
func readReady(t table) probe.Spec {
	spec := probe.Spec{Kind: probe.Started, Interval: probe.DefaultInterval, Timeout: probe.DefaultTimeout}
	if word, ok := t.m["ready"].(string); ok {
		if word != string(probe.Started) && word != string(probe.Self) {
			t.problem("ready", `want a table such as { tcp = "HOST:PORT" }, "started" or "self", got %q`, word)
			return spec
		}
		spec.Kind = probe.Kind(word)
		return spec
	}
	if !t.has("ready") {
		return spec
	}
	r := t.sub("ready")
	refused := len(t.loader().list)
	r.check(readyFields, aliveFields, "alive")
	spec.Interval = r.duration("interval", probe.DefaultInterval)
	spec.Timeout = r.duration("timeout", probe.DefaultTimeout)
	spec.Watchdog = r.duration("watchdog", 0)
	if r.has("watchdog") && !r.given("notify") {
		r.problem("watchdog", "only a ready with notify = true has it")
	}
	if r.has("interval") && r.given("notify") {
		r.problem("interval", "a service that notifies is not asked")
	}
	readProbe(t, r, readyKinds, refused, &spec)
	return spec
}

// readAlive returns nothing where there is no alive.
func readAlive(t table) probe.Alive {
	if !t.has("alive") {
		return probe.Alive{}
	}
	r := t.sub("alive")
	refused := len(t.loader().list)
	r.check(aliveFields, readyFields, "ready")
	alive := probe.Alive{Failures: r.integer("failures", 1, probe.DefaultFailures)}
	alive.Interval = r.duration("interval", probe.DefaultAliveInterval)
	alive.Timeout = r.duration("timeout", probe.DefaultAliveTimeout)
	readProbe(t, r, aliveKinds, refused, &alive.Spec)
	return alive
}

// readProbe reads what is asked: r is the table of a key of t, in which one of
// kinds has to be there. refused is the number of problems before r was read.
func readProbe(t, r table, kinds []string, refused int, spec *probe.Spec) {
	given := slices.DeleteFunc(slices.Clone(kinds), func(kind string) bool { return !r.has(kind) })
	if r.has("status") && !r.has("http") {
		r.problem("status", "only http has it")
	}
	if len(given) == 1 {
		spec.Kind = probe.Kind(given[0])
		readKind(r, spec)
	} else if len(given) > 1 || len(r.loader().list) == refused {
		key := strings.TrimSuffix(r.prefix, ".")
		t.problem(key, "want exactly one of %s, got %d", strings.Join(kinds, ", "), len(given))
	}
}

func readKind(r table, spec *probe.Spec) {
	switch spec.Kind {
	case probe.TCP:
		spec.TCP = r.str("tcp")
		if !isAddress(spec.TCP) {
			r.problem("tcp", `%q is no address; write it as "HOST:PORT"`, spec.TCP)
		}
	case probe.HTTP:
		spec.HTTP = r.str("http")
		spec.Status = r.integers("status", 100, 599)
		if u, err := url.Parse(spec.HTTP); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			r.problem("http", `it is no address; write it as "http://HOST:PORT/PATH"`)
		}
	case probe.Exec:
		spec.Exec, _ = readCommand(r, "exec")
	case probe.Log:
		var err error
		if spec.Log, err = regexp.Compile(r.str("log")); err != nil {
			r.problem("log", "%v", err)
		}
	case probe.Path:
		spec.Path = r.source().absolute(r.text("path"))
		if r.str("path") == "" {
			r.problem("path", "it is empty")
		}
	case probe.Notify:
		if !value[bool](r, "notify") {
			r.problem("notify", "it can only be true; leave it out for another probe")
		}
	}
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	return err == nil && notNumber == nil && n > 0
}
