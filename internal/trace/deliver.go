package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// How a batch is sent again. Meanwhile others fill the queue, and then are lost:
// a collector that is away must not take the host's memory.
const (
	attempts     = 4
	firstPause   = time.Second
	longestPause = 30 * time.Second
	patience     = 10 * time.Second // for one answer
)

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConns:        1,
		IdleConnTimeout:     time.Minute,
	}
}

// deliver sends spans, several times where that may help. At the end of the
// tracer there is one attempt.
func (t *Tracer) deliver(spans []*otlp.Span, closing bool) {
	body, err := proto.Marshal(&otlp.TracesData{ResourceSpans: []*otlp.ResourceSpans{{
		Resource: t.resource,
		ScopeSpans: []*otlp.ScopeSpans{{
			Scope: &common.InstrumentationScope{Name: "github.com/shardhost/shardhost", Version: t.opts.Version}, Spans: spans,
		}},
	}}})
	if err == nil {
		err = t.insist(body, closing)
	}
	if err == nil {
		t.count(&t.sent, len(spans))
		return
	}
	t.count(&t.lost, len(spans))
	t.told.Do(func() {
		t.log.Warn("traces are lost, the collector does not take them", "endpoint", t.opts.Endpoint, "error", err)
	})
}

// insist posts until it succeeds, or further attempts are of no use.
func (t *Tracer) insist(body []byte, closing bool) error {
	for attempt, pause := 1, firstPause; ; attempt, pause = attempt+1, 2*pause {
		again, after, err := t.post(body)
		if err == nil || !again || closing || attempt == attempts || !t.sleep(min(max(pause, after), longestPause)) {
			return err
		}
	}
}

// sleep is false when the tracer is closed meanwhile.
func (t *Tracer) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-t.closing:
		return false
	}
}

func (t *Tracer) count(what *uint64, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*what += uint64(n)
}

// post sends one request. again tells whether it may succeed later, and not
// before after.
// https://opentelemetry.io/docs/specs/otlp/#failures-1
func (t *Tracer) post(body []byte) (again bool, after time.Duration, err error) {
	req, err := http.NewRequestWithContext(t.ctx, http.MethodPost, t.opts.Endpoint, bytes.NewReader(body))
	if err != nil {
		return false, 0, errors.New("the endpoint is no URL")
	}
	for name, value := range t.opts.Headers {
		req.Header.Set(name, value)
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	resp, err := t.client.Do(req)
	if err != nil {
		if wrapped := new(url.Error); errors.As(err, &wrapped) {
			err = wrapped.Err // the address stands beside it in the log
		}
		return true, 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)) // so that the connection can be used again
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
		if err == nil && seconds > 0 {
			after = time.Duration(min(seconds, int(longestPause/time.Second))) * time.Second
		}
		return true, after, fmt.Errorf("it answered %s", resp.Status)
	}
	if resp.StatusCode/100 != 2 {
		return false, 0, fmt.Errorf("it answered %s", resp.Status)
	}
	return false, 0, nil
}
