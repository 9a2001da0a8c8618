package host

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// inPool calls f for the numbers below n, a few at a time: plugins that start
// compute, and shards that run already must not wait for all of them at once.
// Two at least, so that one which takes long does not hold up the others.
func inPool(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(n, max(2, runtime.GOMAXPROCS(0)/2)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}
