package rest

import (
	"cmp"
	"slices"
	"time"
)

// BucketStatus is one of Discord's limits at one moment.
type BucketStatus struct {
	Route     string    // with the id that it is for; without secrets
	Limit     int       // requests in a window; 0: not known, or none
	Remaining int       // that may still be sent in this window
	Reset     time.Time // end of the window, or of a pause; zero: none is running
	Inflight  int       // requests under way
	Waiting   int       // requests that wait for their turn
}

// Tightest returns the limits that are in use, those that hold somebody back
// first, then those with the smallest share left; at most n.
func (c *Client) Tightest(n int) []BucketStatus {
	now := time.Now()
	c.limits.mu.Lock()
	buckets := make([]*bucket, 0, len(c.limits.buckets))
	for _, b := range c.limits.buckets {
		buckets = append(buckets, b)
	}
	c.limits.mu.Unlock()
	var used []BucketStatus
	for _, b := range buckets {
		if s := b.status(now); s.Inflight > 0 || s.Waiting > 0 || !s.Reset.IsZero() {
			used = append(used, s)
		}
	}
	share := func(s BucketStatus) float64 { return float64(s.Remaining) / float64(max(s.Limit, 1)) }
	slices.SortFunc(used, func(a, b BucketStatus) int {
		return cmp.Or(cmp.Compare(b.Waiting, a.Waiting), cmp.Compare(share(a), share(b)), cmp.Compare(a.Route, b.Route))
	})
	return used[:min(n, len(used))]
}

func (b *bucket) status(now time.Time) BucketStatus {
	waiting := b.queue.waiting()
	b.mu.Lock()
	defer b.mu.Unlock()
	s := BucketStatus{Route: b.name, Limit: max(b.limit, 0), Remaining: b.remaining, Inflight: b.inflight, Waiting: waiting}
	switch {
	case now.Before(b.blocked):
		s.Reset, s.Remaining = b.blocked, 0
	case now.Before(b.reset):
		s.Reset = b.reset
	default:
		s.Remaining = s.Limit
	}
	return s
}
