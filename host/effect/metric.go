package effect

import (
	"maps"
	"math"
	"sync"

	"github.com/shardhost/shardhost/abi"
	"github.com/shardhost/shardhost/host/wasm"
)

// Metrics are the numbers that one plugin reports about itself. It is safe for
// use by many lanes.
type Metrics struct {
	mu    sync.Mutex
	named map[string]Metric
}

// Metric is one of them: a counter's sum, a gauge's last value, or a
// histogram's count and sum.
type Metric struct {
	Kind  string  `json:"kind"`
	Value float64 `json:"value"`
	Count uint64  `json:"count"`
}

// NewMetrics makes an empty set.
func NewMetrics() *Metrics { return &Metrics{named: map[string]Metric{}} }

// Snapshot returns a copy.
func (m *Metrics) Snapshot() map[string]Metric {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]Metric, len(m.named))
	maps.Copy(out, m.named)
	return out
}

func metric(r *Recorder, g *wasm.Guest, p []uint64) abi.Code {
	name := bytesAt(g, p, 0)
	value := math.Float64frombits(p[3])
	if !validMetricName(name) || math.IsNaN(value) || math.IsInf(value, 0) {
		return abi.Invalid
	}
	code := r.env.Metrics.add(name, int32(p[2]), value, r.env.Limits.Metrics)
	if code == abi.TryAgain {
		r.limit("limits.metrics", `raise metrics in the block "limits", or use fewer names`)
	}
	return code
}

func (m *Metrics) add(key []byte, kind int32, value float64, most int) abi.Code {
	m.mu.Lock()
	defer m.mu.Unlock()
	now, known := m.named[string(key)]
	if !known && len(m.named) >= most {
		return abi.TryAgain
	}
	name := metricKind(kind)
	if name == "" || (known && now.Kind != name) || (kind == abi.MetricCounter && value < 0) {
		return abi.Invalid
	}
	now.Kind = name
	if kind == abi.MetricGauge {
		now.Value = value
	} else {
		now.Value += value
	}
	now.Count++
	m.named[string(key)] = now
	return abi.OK
}

func metricKind(kind int32) string {
	switch kind {
	case abi.MetricCounter:
		return "counter"
	case abi.MetricGauge:
		return "gauge"
	case abi.MetricHistogram:
		return "histogram"
	}
	return ""
}

// validMetricName follows Prometheus: [a-zA-Z_][a-zA-Z0-9_]*, at most 64 bytes.
// https://prometheus.io/docs/concepts/data_model/
func validMetricName(name []byte) bool {
	if len(name) == 0 || len(name) > 64 {
		return false
	}
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}
