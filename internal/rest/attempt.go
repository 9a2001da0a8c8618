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
	"strings"
	"time"
)

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
		if err := c.slow(ctx, t, deadline); err != nil {
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
		c.repeats.Add(1)
		c.log.Debug("repeat a request", "route", t.route, "owner", t.Owner, "status", response.Status, "error", err, "attempt", attempt, "after", verdict.wait)
		if err := waitUntil(ctx, time.Now().Add(verdict.wait), nil); err != nil {
			return Response{}, wrapRoute(t, err)
		}
	}
}

// slow holds a request of a plugin back that causes many invalid ones, or
// refuses it.
func (c *Client) slow(ctx context.Context, t *target, deadline time.Time) error {
	now := time.Now()
	if err := c.invalid.permit(t.Owner, now); err != nil {
		return err
	}
	at := c.invalid.place(t.Owner, now)
	switch {
	case !at.After(now):
		return nil
	case at.After(deadline):
		return &LimitedError{Route: t.route, Until: at}
	}
	if err := waitUntil(ctx, at, nil); err != nil {
		return wrapRoute(t, err)
	}
	return c.invalid.permit(t.Owner, at) // others that waited may have used up the share
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
	defer func(began time.Time) { c.attempted(t, began, response, err) }(time.Now())
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

// attempted takes note of how long an attempt took, and what came of it.
func (c *Client) attempted(t *target, began time.Time, response Response, err error) {
	now := time.Now()
	c.latency.Observe(now.Sub(began))
	c.answers[min(max(response.Status/100, 0), len(c.answers)-1)].Add(1)
	span := t.Span.Call(t.Method, began)
	if span == nil {
		return
	}
	_, template, _ := strings.Cut(t.route, " ")
	span.Text("http.request.method", t.Method)
	span.Text("url.template", template)
	if t.attempts++; t.attempts > 1 {
		span.Number("http.request.resend_count", int64(t.attempts-1))
	}
	if response.Status != 0 {
		span.Number("http.response.status_code", int64(response.Status))
	}
	switch {
	case err != nil:
		span.Fail(err.Error())
	case response.Status >= 400:
		span.Fail(http.StatusText(response.Status))
	}
	span.End(now)
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
	for wrapped := new(url.Error); errors.As(err, &wrapped); {
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
