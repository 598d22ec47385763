package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"syscall"
	"time"
)

const (
	connectLimit = 2 * time.Second
	answerLimit  = 5 * time.Second
	drainLimit   = 100 * time.Millisecond
	drainBytes   = 4 << 10
)

// connect is ready when somebody accepts. What is sent is nothing at all.
func (s Spec) connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectLimit)
	defer cancel()
	start := time.Now()
	addresses, err := dialable(s.TCP)
	if err != nil {
		return err
	}
	var first error
	for _, address := range addresses {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return conn.Close()
		}
		first = cmp.Or(first, err)
	}
	return fmt.Errorf("%v: %s", s, reason(first, start))
}

// dialable spells out an address without a host: a server may listen on either
// loopback alone, and a machine need not know the name localhost.
func dialable(address string) ([]string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to %q: it is not host:port", address)
	}
	if host != "" {
		return []string{address}, nil
	}
	return []string{net.JoinHostPort("127.0.0.1", port), net.JoinHostPort("::1", port)}, nil
}

func (s Spec) getter() attempt {
	client := newClient()
	return func(ctx context.Context) error { return s.get(ctx, client) }
}

// newClient carries nothing from one try to the next and ignores proxies of the
// environment: the service is what is asked.
func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s Spec) get(ctx context.Context, client *http.Client) error {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	start := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.HTTP, nil)
	if err != nil {
		return fmt.Errorf("cannot ask %q: it is no address of HTTP", s.address())
	}
	request.Header.Set("User-Agent", "wprun")
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("GET %s: %s", s.address(), reason(err, start))
	}
	drain(response.Body, cancel)
	if !s.expects(response.StatusCode) {
		return fmt.Errorf("GET %s answered %d", s.address(), response.StatusCode)
	}
	return nil
}

func (s Spec) expects(status int) bool {
	if len(s.Status) == 0 {
		return status >= 200 && status <= 299
	}
	return slices.Contains(s.Status, status)
}

// drain takes a short body off the connection, since a server whose client
// hangs up in the middle tends to complain in its log. A stream is cut off.
func drain(body io.ReadCloser, cut context.CancelFunc) {
	t := time.AfterFunc(drainLimit, cut)
	_, _ = io.CopyN(io.Discard, body, drainBytes)
	t.Stop()
	_ = body.Close()
}

// address is the URL without a password.
func (s Spec) address() string {
	u, err := url.Parse(s.HTTP)
	if err != nil {
		return s.HTTP
	}
	return u.Redacted()
}

// reason is what a person needs of a network error: the layers around it repeat
// the address.
func reason(err error, start time.Time) string {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Sprintf("no answer within %v", time.Since(start).Round(10*time.Millisecond))
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err.Error()
}
