package probe

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"
)

const (
	drainLimit = 100 * time.Millisecond
	drainBytes = 4 << 10
)

// connector is ready when somebody accepts. What is sent is nothing at all.
func (s Spec) connector() attempt {
	addresses, err := dialable(s.TCP)
	if err != nil {
		return func(context.Context) error { return err }
	}
	return func(ctx context.Context) error {
		start := time.Now()
		var first error
		for _, address := range addresses {
			var d net.Dialer
			conn, err := d.DialContext(ctx, "tcp", address)
			if err == nil {
				return conn.Close()
			}
			first = cmp.Or(first, err)
		}
		return fmt.Errorf("%v: %s", s, reason(ctx, first, start))
	}
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

// newClient carries nothing from one try to the next, ignores proxies of the
// environment and follows no redirect: the service is what is asked. As it is
// asked how it is and not who it is, its certificate need not be one that this
// machine trusts; those of tests are not.
func newClient() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true,
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s Spec) get(ctx context.Context, client *http.Client) error {
	ctx, cut := context.WithCancel(ctx)
	defer cut()
	start := time.Now()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.HTTP, nil)
	if err != nil {
		return fmt.Errorf("cannot ask %q: it is no address of HTTP", s.address())
	}
	request.Header.Set("User-Agent", "wprun")
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("%v: %s", s, reason(ctx, err, start))
	}
	drain(response.Body, cut)
	if !s.expects(response.StatusCode) {
		return fmt.Errorf("%v: answered %s", s, answer(response))
	}
	return nil
}

// answer names where a redirect leads, as nobody goes there.
func answer(r *http.Response) string {
	if to := r.Header.Get("Location"); to != "" {
		return fmt.Sprintf("%d, to %q", r.StatusCode, to)
	}
	return strconv.Itoa(r.StatusCode)
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
func reason(ctx context.Context, err error, start time.Time) string {
	var timeout net.Error
	if ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Sprintf("no answer within %v", time.Since(start).Round(10*time.Millisecond))
	}
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	if errors.Is(err, io.EOF) {
		return "it hung up without an answer"
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if wrapped, ok := errors.AsType[*net.OpError](err); ok {
		err = wrapped.Err
	}
	return err.Error()
}
