package histogram

import (
	"slices"
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	var h Histogram
	for _, d := range []time.Duration{-time.Second, 0, 100 * time.Microsecond, 101 * time.Microsecond, 7 * time.Millisecond, time.Hour} {
		h.Observe(d)
	}
	s := h.Snapshot()
	if s.Count() != 6 || s.Sum != time.Hour+7*time.Millisecond+201*time.Microsecond {
		t.Errorf("%d in %s", s.Count(), s.Sum)
	}
	if s.Counts[0] != 3 || s.Counts[1] != 1 || s.Counts[len(s.Counts)-1] != 1 || len(s.Counts) != len(s.Bounds)+1 {
		t.Errorf("counts %v", s.Counts)
	}
	if !slices.IsSorted(s.Bounds) {
		t.Errorf("bounds %v", s.Bounds)
	}
	if n := testing.AllocsPerRun(100, func() { h.Observe(time.Millisecond) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestQuantile(t *testing.T) {
	var h Histogram
	if got := h.Snapshot().Quantile(0.5); got != 0 {
		t.Errorf("of nothing: %s", got)
	}
	for range 100 {
		h.Observe(2 * time.Millisecond) // between 1 and 2.5 ms
	}
	if got := h.Snapshot().Quantile(0.5); got != 1750*time.Microsecond {
		t.Errorf("median %s", got)
	}
	h.Observe(time.Hour)
	if got := h.Snapshot().Quantile(1); got != 10*time.Second {
		t.Errorf("the longest %s", got)
	}
}

func BenchmarkObserve(b *testing.B) {
	var h Histogram
	b.ReportAllocs()
	for b.Loop() {
		h.Observe(300 * time.Microsecond)
	}
}
