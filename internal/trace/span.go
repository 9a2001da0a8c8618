package trace

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
)

// A Span is a stretch of time in which something was done. It belongs to one
// goroutine at a time, and is over with End; children may begin after that. A
// nil Span is not written down: its methods do nothing, and its children are nil.
type Span struct {
	tracer *Tracer
	data   *otlp.Span
}

// sampled is the flag of W3C Trace Context that says so.
const sampled = 1

// newSpan begins a span; parent is empty for the first of a trace.
func (t *Tracer) newSpan(traceID, parent []byte, name string, kind otlp.Span_SpanKind, at time.Time) *Span {
	return &Span{t, &otlp.Span{
		TraceId: traceID, SpanId: newID(8), ParentSpanId: parent, Flags: sampled,
		Name: name, Kind: kind, StartTimeUnixNano: uint64(at.UnixNano()),
	}}
}

// newID makes a random id, which must not be all zero.
// https://opentelemetry.io/docs/specs/otel/trace/api/#spancontext
func newID(size int) []byte {
	id := make([]byte, 0, size)
	for len(id) < size {
		id = binary.LittleEndian.AppendUint64(id, rand.Uint64()|1)
	}
	return id
}

// Child begins a span of work within the process.
func (s *Span) Child(name string, at time.Time) *Span {
	return s.child(name, otlp.Span_SPAN_KIND_INTERNAL, at)
}

// Call begins a span of a request to somebody else.
func (s *Span) Call(name string, at time.Time) *Span {
	return s.child(name, otlp.Span_SPAN_KIND_CLIENT, at)
}

func (s *Span) child(name string, kind otlp.Span_SpanKind, at time.Time) *Span {
	if s == nil {
		return nil
	}
	return s.tracer.newSpan(s.data.TraceId, s.data.SpanId, name, kind, at)
}

// Text notes something by name. Names are those of OpenTelemetry where it has
// one: https://opentelemetry.io/docs/specs/semconv/
func (s *Span) Text(key, value string) {
	if s != nil && value != "" {
		s.note(key, &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: strings.ToValidUTF8(value, "\uFFFD")}})
	}
}

// Number notes a number by name.
func (s *Span) Number(key string, value int64) {
	if s != nil {
		s.note(key, &common.AnyValue{Value: &common.AnyValue_IntValue{IntValue: value}})
	}
}

// Mark notes that something is so.
func (s *Span) Mark(key string) {
	if s != nil {
		s.note(key, &common.AnyValue{Value: &common.AnyValue_BoolValue{BoolValue: true}})
	}
}

func (s *Span) note(key string, value *common.AnyValue) {
	s.data.Attributes = append(s.data.Attributes, &common.KeyValue{Key: key, Value: value})
}

// longestReason is how much of an error is noted, in bytes.
const longestReason = 300

// Fail notes why the work did not succeed.
func (s *Span) Fail(reason string) {
	if s == nil {
		return
	}
	if len(reason) > longestReason {
		reason = reason[:longestReason]
	}
	s.data.Status = &otlp.Status{Code: otlp.Status_STATUS_CODE_ERROR, Message: strings.ToValidUTF8(reason, "\uFFFD")}
}

// End ends the span and hands it to the tracer. It is not touched after that.
func (s *Span) End(at time.Time) {
	if s == nil {
		return
	}
	// A clock that was set back must not make a span end before it began.
	s.data.EndTimeUnixNano = max(uint64(at.UnixNano()), s.data.StartTimeUnixNano)
	s.tracer.collect(s.data)
}
