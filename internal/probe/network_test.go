package probe

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// short ends a wait that cannot succeed.
const short = 50 * time.Millisecond

func TestTCPIsReadyWhenSomebodyListens(t *testing.T) {
	tests := []struct{ name, listen, host string }{
		{"address", "127.0.0.1:0", "127.0.0.1"},
		{"no host, IPv4", "127.0.0.1:0", ""},
		{"no host, IPv6", "[::1]:0", ""},
		{"localhost", "127.0.0.1:0", "localhost"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := net.Listen("tcp", tt.listen)
			if err != nil {
				t.Skipf("this machine cannot listen on %s: %v", tt.listen, err)
			}
			defer l.Close()
			_, port, _ := net.SplitHostPort(l.Addr().String())
			s := Spec{Kind: TCP, TCP: net.JoinHostPort(tt.host, port)}
			if err := s.wait(t.Context(), Target{}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestTCPWaitsForTheListener(t *testing.T) {
	address := freeAddress(t)
	waited := make(chan error, 1)
	go func() { waited <- Spec{Kind: TCP, TCP: address}.wait(context.Background(), Target{}) }()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := <-waited; err != nil {
		t.Error(err)
	}
}

func TestTCPErrors(t *testing.T) {
	refused := freeAddress(t)
	tests := []struct{ address, want string }{
		{refused, "not ready after 50ms: tcp " + refused + ": connection refused ("},
		{"5432", `cannot connect to "5432": it is not host:port`},
	}
	for _, tt := range tests {
		err := Spec{Kind: TCP, TCP: tt.address, Timeout: short}.wait(t.Context(), Target{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("error %q, want %q", err, tt.want)
		}
	}
}

// freeAddress is one where nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestHTTPStatus(t *testing.T) {
	tests := []struct {
		answer int
		status []int
		ready  bool
	}{
		{200, nil, true},
		{204, nil, true},
		{302, nil, false},
		{404, nil, false},
		{503, nil, false},
		{404, []int{401, 404}, true},
		{200, []int{404}, false},
		{302, []int{302}, true},
	}
	for _, tt := range tests {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(tt.answer)
		}))
		err := Spec{Kind: HTTP, HTTP: server.URL, Status: tt.status}.getter()(t.Context())
		server.Close()
		if ready := err == nil; ready != tt.ready {
			t.Errorf("%d with status %v: %v", tt.answer, tt.status, err)
		}
	}
}

// A service under test has a certificate that nobody has signed.
func TestHTTPSIsReady(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	if err := (Spec{Kind: HTTP, HTTP: server.URL}).getter()(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestHTTPOverIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	_ = server.Listener.Close()
	server.Listener = l
	server.Start()
	defer server.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := (Spec{Kind: HTTP, HTTP: "http://[::1]:" + port}).getter()(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestHTTPWaitsUntilTheAnswerChanges(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.URL.Path != "/healthz" {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		if asked.Add(1) < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	err := Spec{Kind: HTTP, HTTP: server.URL + "/healthz"}.wait(t.Context(), Target{})
	if err != nil || asked.Load() != 4 {
		t.Errorf("asked %d times: %v", asked.Load(), err)
	}
}

func TestHTTPErrors(t *testing.T) {
	refuses := httptest.NewServer(http.NotFoundHandler())
	defer refuses.Close()
	moved := httptest.NewServer(http.RedirectHandler("/login", http.StatusFound))
	defer moved.Close()
	hangsUp := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer hangsUp.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	nobody := "http://" + freeAddress(t)
	tests := []struct{ url, want string }{
		{refuses.URL, "http " + refuses.URL + ": answered 404"},
		{moved.URL, "http " + moved.URL + `: answered 302, to "/login"`},
		{hangsUp.URL, "http " + hangsUp.URL + ": it hung up without an answer"},
		{secure.URL, "http " + secure.URL + ": answered 404"},
		{"https" + refuses.URL[4:], "http https" + refuses.URL[4:] + ": http: server gave HTTP response to HTTPS client"},
		{nobody, "http " + nobody + ": connection refused"},
		{"http://[", `cannot ask "http://[": it is no address of HTTP`},
		{"gopher://x/", `http gopher://x/: unsupported protocol scheme "gopher"`},
	}
	for _, tt := range tests {
		err := Spec{Kind: HTTP, HTTP: tt.url}.getter()(t.Context())
		if err == nil || err.Error() != tt.want {
			t.Errorf("error %q, want %q", err, tt.want)
		}
	}
}

func TestHTTPWithoutAnAnswer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	s := Spec{Kind: HTTP, HTTP: "http://" + silent.Addr().String(), Timeout: short}
	err = s.wait(t.Context(), Target{})
	if err == nil || !strings.Contains(err.Error(), s.HTTP+": no answer within ") || !strings.HasSuffix(err.Error(), " (1 try)") {
		t.Errorf("error %v", err)
	}
}

// What net/http knows of the environment is fixed at its first request, so that
// a proxy set here would come too late.
func TestHTTPIgnoresProxiesOfTheEnvironment(t *testing.T) {
	if transport, ok := newClient().Transport.(*http.Transport); !ok || transport.Proxy != nil {
		t.Error("a proxy would be asked")
	}
}

func TestHTTPIsReadyThoughTheBodyNeverEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	s := Spec{Kind: HTTP, HTTP: server.URL}
	if err := s.wait(t.Context(), Target{}); err != nil {
		t.Error(err)
	}
}

func TestABodyThatNeverEndsIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body, server := io.Pipe()
		start := time.Now()
		drain(body, func() { server.Close() })
		if took := time.Since(start); took != drainLimit {
			t.Errorf("took %v", took)
		}
	})
}
