package trace_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/go-hclog"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"go.uber.org/goleak"
	"google.golang.org/protobuf/proto"

	"github.com/shardhost/shardhost/internal/trace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A collector takes what is posted, and answers with the next of its answers,
// then always with 200.
type collector struct {
	answers []string // "503", "503 after 7", "broken"

	mu       sync.Mutex
	requests []*http.Request
	times    []time.Time
	spans    []*otlp.Span
	batches  []int
	services []string
}

func (c *collector) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests, c.times = append(c.requests, r), append(c.times, time.Now())
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	answer := "200"
	if len(c.answers) > 0 {
		answer, c.answers = c.answers[0], c.answers[1:]
	}
	if answer == "broken" {
		return nil, errors.New("connection reset")
	}
	status, after, _ := strings.Cut(answer, " after ")
	code := map[string]int{"200": 200, "307": 307, "400": 400, "429": 429, "503": 503}[status]
	resp := &http.Response{StatusCode: code, Status: status, Header: http.Header{"Retry-After": {after}}, Body: http.NoBody, Request: r}
	if code != http.StatusOK {
		return resp, nil
	}
	var data otlp.TracesData
	if err := proto.Unmarshal(body, &data); err != nil {
		return nil, err
	}
	for _, rs := range data.ResourceSpans {
		for _, a := range rs.Resource.Attributes {
			if a.Key == "service.name" {
				c.services = append(c.services, a.Value.GetStringValue())
			}
		}
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
			c.batches = append(c.batches, len(ss.Spans))
		}
	}
	return resp, nil
}

const endpoint = "http://collector.example:4318/v1/traces"

func start(c *collector, sample float64, log io.Writer) *trace.Tracer {
	return trace.New(trace.Options{
		Endpoint: endpoint, Headers: map[string]string{"Authorization": "Basic secret"}, Sample: sample, Service: "bot", Version: "v1",
		Transport: c, Logger: hclog.New(&hclog.LoggerOptions{Output: log, DisableTime: true}),
	})
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &collector{}
		tracer := start(c, 1, io.Discard)
		at := time.Now()
		root := tracer.Root("MESSAGE_CREATE", at)
		root.Number("discord.shard.id", 3)
		child := root.Child("plugin ping", at.Add(time.Second))
		root.End(at.Add(2 * time.Second))
		call := child.Call("POST", at.Add(3*time.Second))
		call.Text("url.template", "/channels/:id \xff")
		call.Text("empty", "")
		call.Mark("repeated")
		call.Fail(strings.Repeat("x", 1000))
		call.End(at) // the clock was set back
		child.End(at.Add(4 * time.Second))
		time.Sleep(6 * time.Second)
		tracer.Close(t.Context())

		if len(c.requests) != 1 || c.requests[0].URL.String() != endpoint || c.requests[0].Header.Get("Authorization") != "Basic secret" ||
			c.requests[0].Header.Get("Content-Type") != "application/x-protobuf" || c.times[0].Sub(at) != 5*time.Second {
			t.Fatalf("requests %+v at %v", c.requests, c.times)
		}
		if len(c.spans) != 3 || c.services[0] != "bot" {
			t.Fatalf("%d spans of %v", len(c.spans), c.services)
		}
		r, cl, ch := c.spans[0], c.spans[1], c.spans[2]
		if r.Name != "MESSAGE_CREATE" || len(r.TraceId) != 16 || len(r.SpanId) != 8 || len(r.ParentSpanId) != 0 || r.Kind != otlp.Span_SPAN_KIND_CONSUMER ||
			r.EndTimeUnixNano-r.StartTimeUnixNano != uint64(2*time.Second) || r.Attributes[0].Value.GetIntValue() != 3 || r.Flags != 1 {
			t.Errorf("root %v", r)
		}
		if !bytes.Equal(ch.TraceId, r.TraceId) || !bytes.Equal(ch.ParentSpanId, r.SpanId) || !bytes.Equal(cl.ParentSpanId, ch.SpanId) || !bytes.Equal(cl.TraceId, r.TraceId) {
			t.Error("the spans do not descend from each other")
		}
		if cl.Kind != otlp.Span_SPAN_KIND_CLIENT || cl.EndTimeUnixNano != cl.StartTimeUnixNano || len(cl.Attributes) != 2 ||
			cl.Status.Code != otlp.Status_STATUS_CODE_ERROR || len(cl.Status.Message) > 300 {
			t.Errorf("call %v", cl)
		}
		if got := tracer.Stats(); got != (trace.Stats{Sent: 3}) {
			t.Errorf("%+v", got)
		}
	})
}

func TestSample(t *testing.T) {
	for _, tt := range []struct {
		name      string
		sample    float64
		low, high int
	}{{"nothing", 0, 0, 0}, {"all", 1, 10000, 10000}, {"a tenth", 0.1, 800, 1200}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tracer := start(&collector{}, tt.sample, io.Discard)
				defer tracer.Close(t.Context())
				n := 0
				for range 10000 {
					if tracer.Root("X", time.Now()) != nil {
						n++
					}
				}
				if n < tt.low || n > tt.high {
					t.Errorf("%d of 10000", n)
				}
			})
		})
	}
}

// What is not traced costs nothing, whatever is said about it.
func TestNothingAllocatesNothing(t *testing.T) {
	var tracer *trace.Tracer
	now := time.Now()
	if n := testing.AllocsPerRun(100, func() {
		root := tracer.Root("X", now)
		child := root.Child("y", now).Call("z", now)
		child.Text("a", "b")
		child.Number("c", 1)
		child.Mark("d")
		child.Fail("e")
		child.End(now)
		root.End(now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if tracer.Stats() != (trace.Stats{}) {
		t.Error("it has counted")
	}
	tracer.Close(t.Context())
}

func TestSending(t *testing.T) {
	for _, tt := range []struct {
		name     string
		answers  []string
		spans    int
		want     trace.Stats
		requests int
		took     time.Duration // from the end of the spans to the last request
		logged   string
	}{
		{name: "full batches leave at once", spans: 1024, want: trace.Stats{Sent: 1024}, requests: 2},
		{name: "a rest waits", spans: 513, want: trace.Stats{Sent: 513}, requests: 2, took: 5 * time.Second},
		{name: "more than there is room for", answers: []string{"503 after 3"}, spans: 512 + 2048 + 2, want: trace.Stats{Sent: 512 + 2048, Lost: 2}, requests: 6, took: 3 * time.Second},
		{name: "again after a pause", answers: []string{"broken", "503", "429"}, spans: 1, want: trace.Stats{Sent: 1}, requests: 4, took: 12 * time.Second},
		{name: "given up", answers: []string{"503", "503", "503", "503"}, spans: 1, want: trace.Stats{Lost: 1}, requests: 4, took: 12 * time.Second, logged: "it answered 503"},
		{name: "refused", answers: []string{"400"}, spans: 1, want: trace.Stats{Lost: 1}, requests: 1, took: 5 * time.Second, logged: "it answered 400"},
		{name: "sent elsewhere", answers: []string{"307"}, spans: 1, want: trace.Stats{Lost: 1}, requests: 1, took: 5 * time.Second, logged: "it answered 307"},
		{name: "asked for an hour", answers: []string{"503 after 3600"}, spans: 1, want: trace.Stats{Sent: 1}, requests: 2, took: 35 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, log := &collector{answers: tt.answers}, &bytes.Buffer{}
				tracer := start(c, 1, log)
				for n := range tt.spans {
					if tracer.Root("X", time.Now()).End(time.Now()); n == 511 {
						synctest.Wait() // the first batch is under way
					}
				}
				began := time.Now()
				time.Sleep(time.Minute)
				tracer.Close(t.Context())
				if got := tracer.Stats(); got != tt.want || len(c.requests) != tt.requests || c.times[len(c.times)-1].Sub(began) != tt.took {
					t.Errorf("%+v after %d requests in %v", got, len(c.requests), c.times[len(c.times)-1].Sub(began))
				}
				if !strings.Contains(log.String(), tt.logged) || (tt.logged == "") != (log.Len() == 0) || strings.Contains(log.String(), "secret") {
					t.Errorf("log %q", log)
				}
				for _, n := range c.batches {
					if n > 512 {
						t.Errorf("a batch of %d", n)
					}
				}
			})
		})
	}
}

func TestClose(t *testing.T) {
	t.Run("what is left is sent", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := &collector{}
			tracer := start(c, 1, io.Discard)
			tracer.Root("X", time.Now()).End(time.Now())
			began := time.Now()
			tracer.Close(t.Context())
			if tracer.Stats().Sent != 1 || time.Since(began) != 0 {
				t.Errorf("%+v after %v", tracer.Stats(), time.Since(began))
			}
		})
	})
	t.Run("it waits for nobody", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := &collector{answers: []string{"503", "503", "503"}}
			tracer := start(c, 1, io.Discard)
			tracer.Root("X", time.Now()).End(time.Now())
			time.Sleep(5500 * time.Millisecond) // in the pause after the first attempt
			tracer.Root("Y", time.Now()).End(time.Now())
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			tracer.Close(ctx)
			if tracer.Stats().Lost != 2 || time.Since(began) != 0 || len(c.requests) != 2 {
				t.Errorf("%+v after %v, %d requests", tracer.Stats(), time.Since(began), len(c.requests))
			}
		})
	})
}
