package host

import (
	"sync"
	"sync/atomic"
)

// inPool calls f for the numbers below n, so many at a time. Plugins that start
// compute: before there are shards all processors may work for them, later half
// of them, because lanes that run already must not wait for all of them at once.
func inPool(n, atOnce int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, max(1, atOnce)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
