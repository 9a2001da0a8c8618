package rest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "MTIz.test-token.abc"

// A transport answers requests without a network, so that tests run in a
// bubble of their own time.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answer(status int, body string, pairs ...string) *http.Response {
	return &http.Response{StatusCode: status, Header: headers(pairs...), Body: io.NopCloser(strings.NewReader(body))}
}

// script answers with one step after the other, the last one for ever, and
// keeps what was asked.
type script struct {
	mu    sync.Mutex
	steps []func() (*http.Response, error)
	asked []*http.Request
	times []time.Time
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	step := s.steps[min(len(s.asked), len(s.steps)-1)]
	s.asked = append(s.asked, r)
	s.times = append(s.times, time.Now())
	return step()
}

func say(status int, body string, pairs ...string) func() (*http.Response, error) {
	return func() (*http.Response, error) { return answer(status, body, pairs...), nil }
}

func fail(err error) func() (*http.Response, error) {
	return func() (*http.Response, error) { return nil, err }
}

func newClient(t *testing.T, tr http.RoundTripper, change ...func(*Options)) *Client {
	t.Helper()
	opts := Options{BaseURL: "http://api.test/api", Token: token, Transport: tr}
	for _, f := range change {
		f(&opts)
	}
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func captureLog(buffer *bytes.Buffer) func(*Options) {
	return func(o *Options) {
		o.Logger = hclog.New(&hclog.LoggerOptions{Output: buffer, Level: hclog.Trace, Mutex: new(sync.Mutex)})
	}
}

// strict is Discord as its documentation says, and no kinder: fixed windows for
// each bucket, 50 requests in each second of its own clock, and an answer that
// takes its time on the way.
type strict struct {
	limit  int
	window time.Duration
	delay  func() time.Duration
	hash   func(route string) string

	mu      sync.Mutex
	buckets map[string]*strictWindow
	seconds map[int64]int
	refused int
	served  map[string]int
	served1 int
}

// count is how many requests were served.
func (s *strict) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.served1
}

type strictWindow struct {
	ends time.Time
	used int
}

func (s *strict) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(s.delay()) // in the bubble's time
	defer func() { time.Sleep(s.delay()) }()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	route, major := Template(r.Method, strings.TrimPrefix(r.URL.Path, "/api/v10"))
	second := now.Unix()
	if s.seconds == nil {
		s.seconds, s.buckets, s.served = map[int64]int{}, map[string]*strictWindow{}, map[string]int{}
	}
	if s.seconds[second]++; s.seconds[second] > 50 {
		s.refused++
		return answer(429, `{"retry_after":1,"global":true}`), nil
	}
	key := s.hash(route) + major
	w := s.buckets[key]
	if w == nil || !now.Before(w.ends) {
		w = &strictWindow{ends: now.Add(s.window)}
		s.buckets[key] = w
	}
	left := w.ends.Sub(now).Seconds()
	if w.used++; w.used > s.limit {
		s.refused++
		return answer(429, fmt.Sprintf(`{"retry_after":%f,"global":false}`, left), "X-RateLimit-Limit", strconv.Itoa(s.limit)), nil
	}
	s.served[major]++
	s.served1++
	return answer(200, `{}`, "X-RateLimit-Limit", strconv.Itoa(s.limit), "X-RateLimit-Remaining", strconv.Itoa(s.limit-w.used),
		"X-RateLimit-Reset-After", fmt.Sprintf("%.3f", left), "X-RateLimit-Bucket", s.hash(route)), nil
}
