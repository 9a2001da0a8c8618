package sdk

import "github.com/shardhost/shardhost/abi"

// Count adds n to a counter of the plugin, which the host shows with its own
// metrics. Use few names: one for each kind of thing, not one for each guild.
func (c *Ctx) Count(name string, n float64) error {
	return failed("metric", name, c.guest.host.Metric(name, abi.MetricCounter, n))
}

// Gauge sets a number that goes up and down.
func (c *Ctx) Gauge(name string, value float64) error {
	return failed("metric", name, c.guest.host.Metric(name, abi.MetricGauge, value))
}

// Observe adds a value to a histogram.
func (c *Ctx) Observe(name string, value float64) error {
	return failed("metric", name, c.guest.host.Metric(name, abi.MetricHistogram, value))
}
