package config

import (
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"wprun/internal/probe"
)

// probeKinds are the keys of ready of which one has to be there.
var probeKinds = []string{"tcp", "http", "exec", "log", "path"}

// readReady returns a Spec that is ready once started where there is no ready.
func readReady(t table, l *loader) probe.Spec {
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
	refused := len(l.list)
	r.check(readyFields, nil, "")
	spec.Interval = r.duration("interval", probe.DefaultInterval)
	spec.Timeout = r.duration("timeout", probe.DefaultTimeout)
	var kinds []string
	for _, kind := range probeKinds {
		if r.has(kind) {
			kinds = append(kinds, kind)
		}
	}
	if r.has("status") && !r.has("http") {
		r.problem("status", "only http has it")
	}
	if len(kinds) == 1 {
		spec.Kind = probe.Kind(kinds[0])
		readProbe(r, l, &spec)
	} else if len(kinds) > 1 || len(l.list) == refused {
		t.problem("ready", "want exactly one of %s, got %d", strings.Join(probeKinds, ", "), len(kinds))
	}
	return spec
}

func readProbe(r table, l *loader, spec *probe.Spec) {
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
		spec.Exec, _ = readCommand(r, "exec", l.shell)
	case probe.Log:
		var err error
		if spec.Log, err = regexp.Compile(r.str("log")); err != nil {
			r.problem("log", "%v", err)
		}
	case probe.Path:
		spec.Path = l.absolute(r.text("path"))
		if r.str("path") == "" {
			r.problem("path", "it is empty")
		}
	}
}

func isAddress(s string) bool {
	_, port, err := net.SplitHostPort(s)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	return err == nil && notNumber == nil && n > 0
}
