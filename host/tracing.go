package host

import "github.com/shardhost/shardhost/internal/trace"

// openTracing begins to trace events where the configuration says so.
func (h *Host) openTracing() {
	c := h.cfg.Tracing
	if c.Endpoint == "" {
		return
	}
	headers := make(map[string]string, len(c.Headers))
	for name, value := range c.Headers {
		headers[name] = value.Reveal()
	}
	h.tracer = trace.New(trace.Options{
		Endpoint: c.Endpoint, Headers: headers, Sample: c.Sample, Service: c.Service, Version: h.opts.Version, Logger: h.log.Named("tracing"),
	})
	h.table.tracer = h.tracer
	h.log.Info("events are traced", "endpoint", c.Endpoint, "sample", c.Sample)
}
