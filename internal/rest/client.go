// Package rest is the one client through which the host and all its plugins
// call Discord's REST API, or that of a compatible service.
//
// It adds the token, keeps every limit (buckets, the global limit, the limit of
// invalid requests), repeats what may be repeated, and hands back Discord's
// answer as it came:
//
//	client, err := rest.New(rest.Options{BaseURL: "https://discord.com/api", Token: token})
//	answer, err := client.Do(ctx, rest.Request{Method: "POST", Path: "/channels/81/messages", Body: body, Owner: "ping"})
//
// An answer of any status is a Response; an error means that there is none. The
// token, and the tokens in the paths of webhooks and interactions, never reach
// a log or an error: both show the route (see Template).
package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/shardhost/shardhost/internal/histogram"
)

// Version is the version of Discord's API that is spoken.
const Version = 10

// Options configures New.
type Options struct {
	BaseURL   string        // default https://discord.com/api; the version is added when missing
	Token     string        // the bot's token, without "Bot "; with it is accepted too
	UserAgent string        // default: see UserAgent
	Timeout   time.Duration // of one attempt; default 15s

	// MaxWait is the longest that a request waits for rate limits; beyond it Do
	// returns a *LimitedError, or the 429. Default 5 minutes.
	MaxWait time.Duration

	// MaxResponse is the largest body in bytes that is read; default 32 MiB.
	MaxResponse int64

	// Predecessor is when another process may have sent its last request with
	// this token. What plugins send waits until that is out of the global
	// limit's window. Default: there was none.
	Predecessor time.Time

	Logger    hclog.Logger      // default: none
	Transport http.RoundTripper // default: one of its own, closed by Close
}

// UserAgent is the form that Discord asks for:
// https://docs.discord.com/developers/reference#user-agent.
func UserAgent(version string) string {
	return "DiscordBot (https://github.com/shardhost/shardhost, " + version + ")"
}

// Errors that callers branch on.
var (
	// ErrUnauthorized: Discord refused the bot's token. Nothing is sent with it
	// any more.
	ErrUnauthorized = errors.New("rest: Discord refused the bot token (401); put a valid one into discord.token and start again")

	// ErrUncertain: the connection broke, or the time ran out, after the request
	// had left. Whether it took effect is unknown.
	ErrUncertain = errors.New("rest: the request may or may not have taken effect")
)

// A Client is safe for use by many goroutines.
type Client struct {
	base        string
	auth        string
	userAgent   string
	timeout     time.Duration
	maxWait     time.Duration
	maxResponse int64
	log         hclog.Logger
	http        *http.Client
	ownHTTP     *http.Transport // nil when the caller brought one

	limits       *limiter
	invalid      invalidLedger
	unauthorized atomic.Bool
	requests     atomic.Uint64
	limited      atomic.Uint64
	repeats      atomic.Uint64
	latency      histogram.Histogram // of attempts
	answers      [6]atomic.Uint64    // attempts by the first digit of their status; 0: no answer
}

// New returns a client. It sends nothing.
func New(opts Options) (*Client, error) {
	base, err := baseURL(opts.BaseURL)
	if err != nil {
		return nil, err
	}
	token := strings.TrimPrefix(strings.TrimSpace(opts.Token), "Bot ")
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("rest: the token has characters that no token has; copy it again, without quotes or line breaks")
	}
	c := &Client{
		base:        base,
		userAgent:   opts.UserAgent,
		timeout:     opts.Timeout,
		maxWait:     opts.MaxWait,
		maxResponse: opts.MaxResponse,
		log:         opts.Logger,
		limits:      newLimiter(),
	}
	if !opts.Predecessor.IsZero() {
		c.limits.global.follow(opts.Predecessor)
	}
	if token != "" {
		c.auth = "Bot " + token
	}
	if c.userAgent == "" {
		c.userAgent = UserAgent("dev")
	}
	if c.timeout <= 0 {
		c.timeout = 15 * time.Second
	}
	if c.maxWait <= 0 {
		c.maxWait = 5 * time.Minute
	}
	if c.maxResponse <= 0 {
		c.maxResponse = 32 << 20
	}
	if c.log == nil {
		c.log = hclog.NewNullLogger()
	}
	transport := opts.Transport
	if transport == nil {
		c.ownHTTP = newTransport()
		transport = c.ownHTTP
	}
	c.http = &http.Client{
		Transport: transport,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func newTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   32,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}

var endsInVersion = regexp.MustCompile(`/v(\d+)$`)

// baseURL checks an address and adds the API version.
func baseURL(text string) (string, error) {
	if text == "" {
		text = "https://discord.com/api"
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "", fmt.Errorf("rest: base_url is no URL; write it like https://discord.com/api")
	case u.User != nil:
		return "", fmt.Errorf("rest: base_url must not hold a user or password")
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return "", fmt.Errorf("rest: base_url %q must begin with https:// or http:// and a host, like https://discord.com/api", u.Redacted())
	case u.RawQuery != "" || u.Fragment != "":
		return "", fmt.Errorf("rest: base_url %q must not have a query or fragment", u.Redacted())
	}
	base := strings.TrimRight(u.String(), "/")
	switch version := endsInVersion.FindStringSubmatch(base); {
	case version == nil:
		return fmt.Sprintf("%s/v%d", base, Version), nil
	case version[1] != fmt.Sprint(Version):
		return "", fmt.Errorf("rest: base_url ends in /v%s, but version %d is spoken; leave the version out", version[1], Version)
	}
	return base, nil
}

// BaseURL returns the address below which requests go, with its version.
func (c *Client) BaseURL() string { return c.base }

// Close ends idle connections of the client's own transport. Requests under way
// are not disturbed.
func (c *Client) Close() {
	if c.ownHTTP != nil {
		c.ownHTTP.CloseIdleConnections()
	}
}

// Do sends a request as soon as the limits allow, and returns Discord's answer,
// whatever its status.
//
// It repeats a request that was answered with 429 and, where the request is
// repeatable (see Request.Repeatable), one that met a 5xx or a broken
// connection; a connection that could not be made at all is tried again for
// every request. When that did not help, the last answer or error is returned.
//
// Errors: ctx.Err() wrapped, ErrUnauthorized, ErrUncertain, *LimitedError,
// *InvalidRequestsError, or what is wrong with the request or the connection.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	t, err := newTarget(c.base, r)
	if err != nil {
		return Response{}, err
	}
	response, err := c.repeat(ctx, t)
	if err == nil && response.Status == http.StatusUnauthorized && !t.ownToken {
		c.verify(ctx, t)
	}
	return response, err
}

// Stats is what the client has done so far.
type Stats struct {
	Requests    uint64             // sent, repeats included
	Repeats     uint64             // of those, because the one before was not answered as it should
	Answers     [6]uint64          // attempts by the first digit of their status; 0: no answer
	Latency     histogram.Snapshot // of attempts
	RateLimited uint64             // answered with 429
	Buckets     int                // limits that are being tracked
	Paused      time.Time          // the global limit lets nothing pass before; zero or past: it does
	Invalid     map[string]int     // 401, 403 and 429 of the last ten minutes by owner; "" is the host
	InvalidMax  int                // at so many Discord bans the address
	Refused     bool               // the token was refused: nothing is sent with it
}

// Stats may be called at any time.
func (c *Client) Stats() Stats {
	s := Stats{
		Requests:    c.requests.Load(),
		Repeats:     c.repeats.Load(),
		Latency:     c.latency.Snapshot(),
		RateLimited: c.limited.Load(),
		Buckets:     c.limits.size(),
		Paused:      c.limits.global.pausedUntil(),
		Invalid:     c.invalid.counts(time.Now()),
		InvalidMax:  invalidLimit,
		Refused:     c.unauthorized.Load(),
	}
	for i := range c.answers {
		s.Answers[i] = c.answers[i].Load()
	}
	return s
}
