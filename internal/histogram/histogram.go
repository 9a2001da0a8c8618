// Package histogram counts durations in buckets, at the price of two atomic
// additions and no allocation, so that it may stand on the road of an event.
package histogram

import (
	"sync/atomic"
	"time"
)

// bounds are the upper ends of the buckets, the longest that counts in each. A
// last bucket without an end holds the rest.
var bounds = [...]time.Duration{
	100 * time.Microsecond, 250 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2500 * time.Microsecond, 5 * time.Millisecond,
	10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second,
}

// A Histogram is ready for use when zero, by many goroutines.
type Histogram struct {
	counts [len(bounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

// Observe counts one duration; a negative one, after a step of the clock, as 0.
func (h *Histogram) Observe(d time.Duration) {
	d = max(d, 0)
	i := 0
	for i < len(bounds) && d > bounds[i] {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(int64(d))
}

// A Snapshot is what was counted up to one moment.
type Snapshot struct {
	Bounds []time.Duration // upper ends, rising; one fewer than Counts
	Counts []uint64        // of each bucket by itself
	Sum    time.Duration
}

// Snapshot returns a copy.
func (h *Histogram) Snapshot() Snapshot {
	s := Snapshot{Bounds: append([]time.Duration(nil), bounds[:]...), Sum: time.Duration(h.sum.Load())}
	for i := range h.counts {
		s.Counts = append(s.Counts, h.counts[i].Load())
	}
	return s
}

// Count is how many durations were counted.
func (s Snapshot) Count() (n uint64) {
	for _, c := range s.Counts {
		n += c
	}
	return n
}

// Quantile estimates the duration below which the share q of all lies: linear
// inside its bucket, the last bound for what lies beyond all. 0 without any.
func (s Snapshot) Quantile(q float64) time.Duration {
	rank := q * float64(s.Count())
	if rank == 0 {
		return 0
	}
	below, lower := 0.0, time.Duration(0)
	for i, c := range s.Counts {
		if i == len(s.Bounds) {
			break
		}
		if below+float64(c) >= rank && c > 0 {
			return lower + time.Duration(float64(s.Bounds[i]-lower)*(rank-below)/float64(c))
		}
		below, lower = below+float64(c), s.Bounds[i]
	}
	return s.Bounds[len(s.Bounds)-1]
}
