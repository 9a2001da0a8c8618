// Package fetch makes the calls of plugins to the web, other than to Discord: to
// the addresses that the configuration allows, never to machines that are only
// reachable from here unless it says so, and never more of an answer than fits.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// Bounds of a call.
const (
	MaxAnswer    = 4 << 20 // bytes of a body
	Timeout      = 15 * time.Second
	maxRedirects = 5
)

// Errors that callers tell apart.
var (
	ErrRefused = errors.New("fetch: refused")               // by the configuration; nothing left
	ErrTooBig  = errors.New("fetch: the answer is too big") // beyond MaxAnswer
	ErrUnsure  = errors.New("fetch: no answer")             // it may have taken effect
)

// Allowed are the addresses that a plugin may call, as patterns: a scheme, a host,
// maybe a port and a path. A host that is * is any, one that begins with *. is any
// below that domain. What is below a path is allowed with it.
type Allowed struct {
	Addresses []string
	Private   bool // also machines of a private network, of this one, or of a cloud's own services
}

// Covers tells whether an address is allowed.
func (a Allowed) Covers(u *url.URL) bool {
	for _, pattern := range a.Addresses {
		p, err := url.Parse(pattern)
		if err != nil || p.Scheme != u.Scheme || port(p) != port(u) || !hostCovers(p.Hostname(), u.Hostname()) {
			continue
		}
		path := strings.TrimSuffix(p.EscapedPath(), "/")
		if path == "" || u.EscapedPath() == path || strings.HasPrefix(u.EscapedPath(), path+"/") {
			return true
		}
	}
	return false
}

func hostCovers(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if domain, wild := strings.CutPrefix(pattern, "*."); wild {
		return strings.HasSuffix(host, "."+domain)
	}
	return pattern == "*" || pattern == host
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

// Parse reads an address that a plugin wants to call. It refuses what could mean
// one thing to the configuration and another to the server.
func Parse(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is no address", address)
	case u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "":
		return nil, errors.New("an address begins with https:// and a host")
	case u.User != nil:
		return nil, errors.New("a name and a password belong into the header Authorization")
	}
	u.Fragment = ""
	// A server may take a path apart after it has resolved these.
	path := strings.ToLower(u.EscapedPath())
	for segment := range strings.SplitSeq(path, "/") {
		if s := strings.ReplaceAll(segment, "%2e", "."); s == "." || s == ".." || strings.Contains(s, "%2f") || strings.Contains(s, "%5c") || strings.Contains(s, "\\") {
			return nil, errors.New(`"." and ".." and escaped slashes are not allowed in a path`)
		}
	}
	return u, nil
}

// Request is one call.
type Request struct {
	Method  string
	URL     string
	Header  map[string]string
	Body    []byte
	Allowed Allowed
}

// Response is an answer of whatever status.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Client makes calls, and keeps connections for the next ones.
type Client struct {
	public, any *http.Transport // to public addresses; to any
}

// New makes a client.
func New() *Client {
	return &Client{public: transport(publicOnly), any: transport(nil)}
}

func transport(control func(network, address string, _ syscall.RawConn) error) *http.Transport {
	d := net.Dialer{Timeout: 10 * time.Second, Control: control}
	return &http.Transport{
		DialContext: d.DialContext, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
		IdleConnTimeout: time.Minute, MaxIdleConns: 100, MaxResponseHeaderBytes: 64 << 10,
	}
}

// Close lets go of the connections that are kept.
func (c *Client) Close() {
	c.public.CloseIdleConnections()
	c.any.CloseIdleConnections()
}

// Do makes a call. A redirect is followed as far as it stays allowed; one that does
// not is the answer.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	u, err := Parse(r.URL)
	if err != nil {
		return Response{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if !r.Allowed.Covers(u) {
		return Response{}, fmt.Errorf("%w: %s is not allowed", ErrRefused, Origin(u))
	}
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(r.Body))
	if err != nil {
		return Response{}, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	for name, value := range r.Header {
		request.Header.Set(name, value)
	}
	if request.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "Shardhost")
	}
	transport := c.public
	if r.Allowed.Private {
		transport = c.any
	}
	client := http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if to, err := Parse(next.URL.String()); len(via) > maxRedirects || err != nil || !r.Allowed.Covers(to) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	answer, err := client.Do(request)
	if err != nil {
		if errors.Is(err, ErrRefused) {
			return Response{}, withoutURL(err)
		}
		return Response{}, fmt.Errorf("%w: %w", ErrUnsure, withoutURL(err))
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, MaxAnswer+1))
	switch {
	case err != nil:
		return Response{}, fmt.Errorf("%w: %w", ErrUnsure, err)
	case len(body) > MaxAnswer:
		return Response{}, ErrTooBig
	}
	return Response{Status: answer.StatusCode, Header: answer.Header, Body: body}, nil
}

// withoutURL takes the address out of an error of net/http: there may be a secret
// in its query.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Origin is an address without what may be secret in it.
func Origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// publicOnly looks at the address that is connected to, so a name that resolves
// to one thing when it is checked and to another when it is used gains nothing.
func publicOnly(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || !public(to.Addr()) {
		return fmt.Errorf("%w: %s is not a public address: private = true in the block \"http\" of grant allows such", ErrRefused, address)
	}
	return nil
}

// reserved are ranges that are not on the public internet, beyond those that
// net/netip knows.
// https://www.iana.org/assignments/iana-ipv4-special-registry
var reserved = [...]netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("2001::/32"),
}

func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() {
		return false
	}
	for _, prefix := range reserved {
		if prefix.Contains(a) {
			return false
		}
	}
	return true
}
