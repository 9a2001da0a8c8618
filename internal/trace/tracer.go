package trace

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"golang.org/x/time/rate"
)

// Options of a Tracer.
type Options struct {
	Endpoint string            // URL that takes OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces
	Headers  map[string]string // of each request; may be secret
	Sample   float64           // the share of events that is traced, 0 to 1
	Service  string            // service.name, by which the host is found
	Version  string            // of the host

	Logger    hclog.Logger      // nil: no log
	Transport http.RoundTripper // nil: one of its own
}

// Sizes and times of sending; the numbers are OpenTelemetry's defaults.
// https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor
const (
	queueSpans = 2048
	batchSpans = 512
	batchEvery = 5 * time.Second
)

// A Tracer decides what is traced, and sends it. It is safe for use by many
// goroutines.
type Tracer struct {
	opts      Options
	threshold uint64 // of a random number up to which an event is traced
	client    *http.Client
	log       hclog.Logger
	told      rate.Sometimes
	resource  *resource.Resource

	ctx  context.Context // ends when Close gives up waiting
	halt context.CancelFunc
	done sync.WaitGroup

	full    chan struct{} // holds a token when a batch is full
	closing chan struct{}

	mu         sync.Mutex
	spans      []*otlp.Span
	sent, lost uint64
}

// New makes a tracer and starts sending. Close is due.
func New(o Options) *Tracer {
	t := &Tracer{
		opts: o, log: o.Logger, full: make(chan struct{}, 1), closing: make(chan struct{}), told: rate.Sometimes{First: 1, Interval: time.Minute},
		resource: &resource.Resource{Attributes: []*common.KeyValue{text("service.name", o.Service), text("service.version", o.Version)}},
	}
	if t.log == nil {
		t.log = hclog.NewNullLogger()
	}
	switch {
	case o.Sample >= 1:
		t.threshold = math.MaxUint64
	case o.Sample > 0:
		t.threshold = uint64(o.Sample * math.MaxUint64)
	}
	t.client = &http.Client{
		Transport: o.Transport,
		Timeout:   patience,
		// A redirect would carry the headers to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	if t.client.Transport == nil {
		t.client.Transport = newTransport()
	}
	t.ctx, t.halt = context.WithCancel(context.Background())
	t.done.Go(t.run)
	return t
}

func text(key, value string) *common.KeyValue {
	return &common.KeyValue{Key: key, Value: &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}}
}

// Root begins the first span of a trace: of a message that was received at a
// time. It is nil when this one is not traced.
func (t *Tracer) Root(name string, at time.Time) *Span {
	if t == nil || t.threshold == 0 || rand.Uint64() > t.threshold {
		return nil
	}
	return t.newSpan(newID(16), nil, name, otlp.Span_SPAN_KIND_CONSUMER, at)
}

// Stats is what has become of spans.
type Stats struct {
	Sent uint64
	Lost uint64 // no room, or the collector did not take them
}

// Stats may be called at any time, of a nil Tracer too.
func (t *Tracer) Stats() Stats {
	if t == nil {
		return Stats{}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return Stats{t.sent, t.lost}
}

// collect takes a span that has ended.
func (t *Tracer) collect(s *otlp.Span) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.spans) >= queueSpans {
		t.lost++
		return
	}
	if t.spans = append(t.spans, s); len(t.spans) >= batchSpans {
		select {
		case t.full <- struct{}{}:
		default:
		}
	}
}

// run sends what was collected, until the tracer is closed and nothing is left.
func (t *Tracer) run() {
	tick := time.NewTicker(batchEvery)
	defer tick.Stop()
	for closing := false; !closing; {
		least := 1 // that a batch has
		select {
		case <-t.full:
			least = batchSpans
		case <-tick.C:
		case <-t.closing:
			closing = true
		}
		for batch := t.take(least); batch != nil; batch = t.take(least) {
			t.deliver(batch, closing)
		}
	}
}

// take takes the oldest spans out of the queue; nil when there are too few.
func (t *Tracer) take(least int) []*otlp.Span {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(t.spans), batchSpans)
	if n < least {
		return nil
	}
	batch := t.spans[:n:n]
	if t.spans = t.spans[n:]; len(t.spans) == 0 {
		t.spans = nil
	}
	return batch
}

// Close sends what is left, until ctx ends. Spans that end later are dropped.
func (t *Tracer) Close(ctx context.Context) {
	if t == nil {
		return
	}
	close(t.closing)
	stop := context.AfterFunc(ctx, t.halt)
	defer stop()
	t.done.Wait()
	t.halt()
	t.client.CloseIdleConnections()
}
