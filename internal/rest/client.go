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
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-hclog"
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

// repeat sends a request until its outcome is final.
func (c *Client) repeat(ctx context.Context, t *target) (Response, error) {
	deadline := time.Now().Add(c.maxWait)
	if d, ok := ctx.Deadline(); ok && d.Before(deadline) {
		deadline = d
	}
	for attempt := 1; ; attempt++ {
		if !t.ownToken && c.unauthorized.Load() {
			return Response{}, ErrUnauthorized
		}
		if err := c.invalid.permit(t.Owner, time.Now()); err != nil {
			return Response{}, err
		}
		b, err := c.limits.acquire(ctx, t, deadline)
		if err != nil {
			return Response{}, wrapRoute(t, err)
		}
		response, sent, err := c.send(ctx, t)
		verdict := c.settle(t, b, response, err)
		if ctx.Err() != nil || verdict.final(t, sent, attempt, deadline) {
			if err != nil && sent {
				err = fmt.Errorf("%w: %w", ErrUncertain, err)
			}
			return response, wrapRoute(t, err)
		}
		c.log.Debug("repeat a request", "route", t.route, "owner", t.Owner, "status", response.Status, "error", err, "attempt", attempt, "after", verdict.wait)
		if err := waitUntil(ctx, time.Now().Add(verdict.wait), nil); err != nil {
			return Response{}, wrapRoute(t, err)
		}
	}
}

// How often a request is sent at most.
const (
	attemptsLimited = 6 // while it is answered with 429
	attemptsBroken  = 4 // while it meets a 5xx or no answer
)

// A verdict says what follows from one attempt.
type verdict struct {
	limited bool          // 429: it did not take effect
	broken  bool          // 5xx, or no answer
	wait    time.Duration // before the next attempt
}

func (v verdict) final(t *target, sent bool, attempt int, deadline time.Time) bool {
	switch {
	case time.Now().Add(v.wait).After(deadline):
		return true
	case v.limited:
		return attempt >= attemptsLimited
	case v.broken:
		return attempt >= attemptsBroken || sent && !t.repeatable()
	}
	return true
}

// settle gives back what was acquired, learns from the answer and charges what
// it cost.
func (c *Client) settle(t *target, b *bucket, response Response, err error) verdict {
	now := time.Now()
	w := readWindow(response.Header, now)
	if b != nil {
		if err == nil {
			c.limits.learn(t, b, w)
		}
		b.settle(w, err == nil && response.Status < 500, now)
	}
	switch {
	case err != nil:
		return verdict{broken: true, wait: backoff(t)}
	case response.Status == http.StatusTooManyRequests:
		return c.refused(t, b, readRefusal(response.Header, response.Body), now)
	case response.Status == http.StatusUnauthorized, response.Status == http.StatusForbidden:
		c.invalid.charge(t.Owner, now)
	case response.Status >= 500:
		return verdict{broken: true, wait: backoff(t)}
	}
	return verdict{}
}

// refused handles a 429.
func (c *Client) refused(t *target, b *bucket, r refusal, now time.Time) verdict {
	c.limited.Add(1)
	if !r.shared {
		c.invalid.charge(t.Owner, now)
	}
	until := now.Add(r.after)
	switch {
	case r.banned:
		c.log.Error("refused before Discord's API: this address has sent too many invalid requests; everything waits", "route", t.route, "owner", t.Owner, "for", r.after)
		c.limits.global.pause(until)
	case r.global:
		c.log.Warn("the global rate limit was exceeded", "route", t.route, "owner", t.Owner, "for", r.after)
		c.limits.global.pause(until)
	default:
		c.log.Debug("a rate limit was exceeded", "route", t.route, "owner", t.Owner, "for", r.after, "shared", r.shared)
		if b != nil {
			b.block(until)
		}
	}
	return verdict{limited: true, wait: r.after}
}

// backoff is the pause before a request is sent again after a failure: long
// enough for a restart behind the API, different for each.
func backoff(t *target) time.Duration {
	t.failures++
	step := 250 * time.Millisecond << min(t.failures, 5)
	return step/2 + rand.N(step/2)
}

// send makes one attempt. sent is false when the request surely did not leave.
func (c *Client) send(ctx context.Context, t *target) (response Response, sent bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var body io.Reader
	if t.Body != nil {
		body = bytes.NewReader(t.Body)
	}
	request, err := http.NewRequestWithContext(ctx, t.Method, t.url, body)
	if err != nil {
		return Response{}, false, errors.New("no valid request")
	}
	c.setHeader(request.Header, t)
	c.requests.Add(1)
	answer, err := c.http.Do(request)
	if err != nil {
		return Response{}, !isDialError(err), withoutURL(err, c.timeout)
	}
	defer func() { _ = answer.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(answer.Body, c.maxResponse+1))
	if err != nil {
		return Response{}, true, fmt.Errorf("status %d, but the answer broke off: %w", answer.StatusCode, withoutURL(err, c.timeout))
	}
	if int64(len(content)) > c.maxResponse {
		return Response{}, true, fmt.Errorf("status %d, but the answer is larger than %d bytes", answer.StatusCode, c.maxResponse)
	}
	return Response{Status: answer.StatusCode, Body: content, Header: answer.Header}, true, nil
}

func (c *Client) setHeader(h http.Header, t *target) {
	h.Set("User-Agent", c.userAgent)
	if c.auth != "" && !t.ownToken {
		h.Set("Authorization", c.auth)
	}
	if t.Body != nil {
		h.Set("Content-Type", "application/json")
	}
	if t.ContentType != "" {
		h.Set("Content-Type", t.ContentType)
	}
	if t.Reason != "" {
		h.Set("X-Audit-Log-Reason", url.PathEscape(t.Reason))
	}
}

// verify finds out whether a 401 means that the token is dead, or only that one
// route does not take it: a plugin must not be able to silence all others. One
// further request is the price.
func (c *Client) verify(ctx context.Context, t *target) {
	if t.route != "GET /users/@me" && t.route != "GET /gateway/bot" {
		check, err := newTarget(c.base, Request{Method: http.MethodGet, Path: "/users/@me"})
		if err != nil {
			return
		}
		answer, err := c.repeat(ctx, check)
		if err != nil || answer.Status != http.StatusUnauthorized {
			return
		}
	}
	if !c.unauthorized.Swap(true) {
		c.log.Error("Discord refused the bot token; nothing more is sent with it", "route", t.route)
	}
}

// isDialError reports whether no connection was made, so that nothing was sent.
func isDialError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// withoutURL takes the address out of an error of net/http, which may hold a
// webhook's token.
func withoutURL(err error, timeout time.Duration) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %s: %w", timeout, err)
	}
	return err
}

// wrapRoute says what an error was about; errors that say it themselves pass.
func wrapRoute(t *target, err error) error {
	if err == nil || errors.As(err, new(*LimitedError)) {
		return err
	}
	return fmt.Errorf("rest: %s: %w", t.route, err)
}

// Stats is what the client has done so far.
type Stats struct {
	Requests    uint64         // sent, repeats included
	RateLimited uint64         // answered with 429
	Buckets     int            // limits that are being tracked
	Paused      time.Time      // the global limit lets nothing pass before; zero or past: it does
	Invalid     map[string]int // 401, 403 and 429 of the last ten minutes by owner; "" is the host
	InvalidMax  int            // at so many Discord bans the address
	Refused     bool           // the token was refused: nothing is sent with it
}

// Stats may be called at any time.
func (c *Client) Stats() Stats {
	return Stats{
		Requests:    c.requests.Load(),
		RateLimited: c.limited.Load(),
		Buckets:     c.limits.size(),
		Paused:      c.limits.global.pausedUntil(),
		Invalid:     c.invalid.counts(time.Now()),
		InvalidMax:  invalidLimit,
		Refused:     c.unauthorized.Load(),
	}
}
